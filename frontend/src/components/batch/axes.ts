// A grid's axes as they are typed, and what they mean. Knows no React.
import type { AxisParameter, GridBody } from "@/api/batches";

export type AxisDraft = { parameter: AxisParameter | ""; text: string };

export const axisParameters: readonly AxisParameter[] = [
  "prompt",
  "num_inference_steps",
  "guidance_scale",
  "seed",
  "sampler",
  "schedule",
  "model",
  "styles",
  "negative_prompt",
  "width",
  "height",
];

/** Values that are words stand on a line each; numbers between commas. */
export function isWords(parameter: string): boolean {
  return ["prompt", "negative_prompt"].includes(parameter);
}

/** Values that are chosen from a list. */
export function isChosen(parameter: string): boolean {
  return ["sampler", "schedule", "model", "styles"].includes(parameter);
}

export function valuesOf({ parameter, text }: AxisDraft): string[] {
  const parts = text.split(isWords(parameter) || isChosen(parameter) ? "\n" : /[,\n]/);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** The value with another one added, or taken away when it is there. */
export function toggled(text: string, value: string): string {
  const values = text.split("\n").filter(Boolean);
  const next = values.includes(value)
    ? values.filter((other) => other !== value)
    : [...values, value];
  return next.join("\n");
}

export function toAxis(draft: AxisDraft): GridBody["x"] | null {
  const values = valuesOf(draft);
  return draft.parameter === "" || values.length === 0
    ? null
    : { parameter: draft.parameter, values };
}

const ranges =
  /^\s*(-?[\d.]+)\s*-\s*(-?[\d.]+)\s*(?:\(\s*\+?([\d.]+)\s*\)|:\s*([\d.]+)|\[\s*(\d+)\s*\])?\s*$/;

/** How many values there will be, as far as that can be told here; the server has the last word. */
export function sizeOf(draft: AxisDraft): number {
  if (isWords(draft.parameter) || isChosen(draft.parameter)) return valuesOf(draft).length;
  return valuesOf(draft).reduce((sum, value) => {
    const match = ranges.exec(value);
    if (!match) return sum + 1;
    if (match[5]) return sum + Number(match[5]);
    const step = Number(match[3] ?? match[4] ?? 1);
    return sum + Math.floor(Math.abs(Number(match[2]) - Number(match[1])) / step + 1e-9) + 1;
  }, 0);
}

export const hints: Readonly<Partial<Record<AxisParameter, string>>> = {
  prompt: "One per line. The first is looked for in the prompt, and each is put in its place.",
  negative_prompt: "One per line.",
  num_inference_steps: "Such as 10, 20, 30 or 10-30 (+5).",
  guidance_scale: "Such as 2, 4, 7.5 or 1-10 [4] for four values.",
  seed: "Such as 1-4 or 12, 99.",
  width: "Pixels, such as 512, 768.",
  height: "Pixels, such as 512, 768.",
};

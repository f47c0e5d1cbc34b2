// What is in the editor's form, and the request it means. Fields hold text as it was typed; an empty
// field means the default. Knows no React and sends nothing.
import type { EditsBody } from "@/api/types";
import { type Extend, isExtended } from "./work";

export const editFields = [
  "prompt",
  "negative_prompt",
  "strength",
  "mask_blur",
  "only_masked",
  "padding",
  "num_images",
  "num_inference_steps",
  "guidance_scale",
  "seed",
  "model",
] as const;
export type EditField = (typeof editFields)[number];
export type EditDraft = Readonly<Record<EditField, string>>;
export type EditErrors = Partial<Record<EditField | "mask" | "extend", string>>;

export const emptyEdit: EditDraft = {
  ...(Object.fromEntries(editFields.map((name) => [name, ""])) as EditDraft),
  // In per cent, as the slider has it.
  strength: "100",
};

export const usual = { mask_blur: 4, padding: 32, num_images: 1 } as const;

type Bounds = { max_images: number; max_steps: number; max_guidance_scale: number };
const usualBounds: Bounds = { max_images: 100, max_steps: 150, max_guidance_scale: 50 };

function outOf(text: string, low: number, high: number, whole = true): string | undefined {
  if (text.trim() === "") return undefined;
  const value = Number(text);
  const fits = Number.isFinite(value) && value >= low && value <= high;
  if (fits && (!whole || Number.isInteger(value))) return undefined;
  return `Must be a ${whole ? "whole " : ""}number from ${low} to ${high}.`;
}

type Subject = {
  /** What is drawn if no prompt is given; `null` when one has to be given. */
  prompt: string | null;
  painted: boolean;
  extend: Extend;
};

/** What is wrong, by field; empty when it can be sent. */
export function checkEdit(draft: EditDraft, subject: Subject, bounds = usualBounds): EditErrors {
  const idle = !subject.painted && !isExtended(subject.extend);
  const found: Record<string, string | undefined> = {
    mask: idle
      ? "Paint over what should change, or extend the picture; then it can be redrawn."
      : undefined,
    prompt:
      draft.prompt.trim() || subject.prompt
        ? undefined
        : "Describe what the picture should show there.",
    mask_blur: outOf(draft.mask_blur, 0, 64),
    padding: outOf(draft.padding, 0, 1024),
    num_images: outOf(draft.num_images, 1, bounds.max_images),
    num_inference_steps: outOf(draft.num_inference_steps, 1, bounds.max_steps),
    guidance_scale: outOf(draft.guidance_scale, 0, bounds.max_guidance_scale, false),
    seed: outOf(draft.seed, -1, Number.MAX_SAFE_INTEGER),
  };
  return Object.fromEntries(Object.entries(found).filter(([, text]) => text)) as EditErrors;
}

/** The request for a form that `checkEdit` has passed, without picture and mask. */
export function editBody(draft: EditDraft, extend: Extend): EditsBody {
  const text = (name: EditField) => draft[name].trim() || undefined;
  const number = (name: EditField) => (text(name) ? Number(text(name)) : undefined);
  return {
    prompt: text("prompt"),
    negative_prompt: text("negative_prompt"),
    strength: Number(draft.strength) / 100,
    mask_blur: number("mask_blur") ?? usual.mask_blur,
    only_masked: draft.only_masked === "yes",
    padding: number("padding") ?? usual.padding,
    num_images: number("num_images") ?? usual.num_images,
    num_inference_steps: number("num_inference_steps"),
    guidance_scale: number("guidance_scale"),
    seed: number("seed"),
    model: text("model"),
    extend: isExtended(extend) ? extend : undefined,
  };
}

// Everything that made a picture, as rows to read and as one text to copy. Knows no React.
import type { Image, Sampler, Schedule } from "@/api/types";
import { foreignNames, samplers, schedules } from "@/components/ui/terms";

export type Parameter = {
  name: string;
  /** As it is read. */
  value: string;
  /** As it is copied, where that differs. */
  copy?: string;
};

const percent = (value: number) => `${Math.round(value * 100)} %`;

/** The parameters that are known; pictures of other programs may lack some. */
export function parametersOf(image: Image): Parameter[] {
  const { params } = image;
  const steps = params.num_inference_steps;
  const guidance = params.guidance_scale;
  const { sampler, schedule, strength } = params;
  const rows: (Parameter | false)[] = [
    image.negative_prompt !== "" && { name: "Negative prompt", value: image.negative_prompt },
    image.seed !== null && { name: "Seed", value: String(image.seed) },
    {
      name: "Size",
      value: `${image.width} × ${image.height} pixels`,
      copy: `${image.width}x${image.height}`,
    },
    steps != null && { name: "Steps", value: String(steps) },
    guidance != null && { name: "Guidance", value: String(guidance) },
    sampler != null && {
      name: "Sampler",
      value: samplers[sampler as Sampler] ?? String(sampler),
      copy: String(sampler),
    },
    schedule != null && {
      name: "Schedule",
      value: schedules[schedule as Schedule] ?? String(schedule),
      copy: String(schedule),
    },
    strength != null && {
      name: "Variation strength",
      value: percent(strength),
      copy: String(strength),
    },
  ];
  return rows.filter((row) => row !== false);
}

/** One text with everything, in the form that other studios read too. */
export function parametersText(image: Image): string {
  const { params } = image;
  const named = { ...samplers, ...schedules, ...foreignNames };
  const settings: [string, unknown][] = [
    ["Steps", params.num_inference_steps],
    ["Sampler", params.sampler && named[params.sampler as Sampler]],
    ["Schedule type", params.schedule && named[params.schedule as Schedule]],
    ["CFG scale", params.guidance_scale],
    ["Seed", image.seed],
    ["Size", `${image.width}x${image.height}`],
    ["Model", image.model],
    ["Denoising strength", params.strength],
  ];
  const known = settings.filter(([, value]) => value != null && value !== "");
  return [
    image.prompt,
    image.negative_prompt && `Negative prompt: ${image.negative_prompt}`,
    known.map(([name, value]) => `${name}: ${value}`).join(", "),
  ]
    .filter(Boolean)
    .join("\n");
}

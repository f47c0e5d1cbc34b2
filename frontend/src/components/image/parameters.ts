// Everything that made a picture, as rows to read and as one text to copy. Knows no React.
import type { Image, Sampler, Schedule, Upscaler } from "@/api/types";
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
    typeof params.template === "string" && { name: "Typed as", value: params.template },
    Array.isArray(params.styles) && { name: "Styles", value: params.styles.join(", ") },
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
      name: params.mask || params.extend ? "Edit strength" : "Variation strength",
      value: percent(strength),
      copy: String(strength),
    },
    ...editRows(params),
    typeof params.imported_from === "string" && {
      name: "Made with",
      value: params.imported_from,
    },
  ];
  return rows.filter((row) => row !== false);
}

/** What an edit or a second pass did. */
function editRows({
  hires,
  resize_mode,
  extend,
  mask_blur,
  only_masked,
  padding,
}: Image["params"]) {
  const sides = Object.entries(extend ?? {}).filter(([, pixels]) => pixels > 0);
  return [
    resize_mode != null && { name: "Resize mode", value: resize_mode },
    hires != null && {
      name: "Hi-res",
      value: `${hires.scale} ×, ${hires.num_inference_steps} steps at ${percent(hires.strength)}, ${hires.upscaler}`,
      copy: String(hires.scale),
    },
    sides.length > 0 && {
      name: "Extended",
      value: sides.map(([side, pixels]) => `${side} ${pixels}`).join(", "),
    },
    mask_blur != null && {
      name: "Mask blur",
      value: `${mask_blur} pixels`,
      copy: String(mask_blur),
    },
    only_masked != null && {
      name: "Redrawn",
      value: only_masked ? "Only the masked area" : "With the whole picture in view",
    },
    padding != null && { name: "Padding", value: String(padding) },
  ];
}

/** A value as it stands in the line of settings: a JSON string if it holds punctuation. */
function quoted(value: unknown): string {
  const text = String(value);
  return /[,:\n"]/.test(text) ? JSON.stringify(text) : text;
}

/** A prompt in which nobody finds the mark of the negative prompt: an invisible joiner breaks it. */
function unmarked(prompt: string): string {
  return prompt.replace(/(Negative prompt\u2060*):/g, "$1\u2060:");
}

const foreignUpscalers: Record<Upscaler, string> = { latent: "Latent", lanczos: "Lanczos" };

/** One text with everything, in the form that other studios read too. */
export function parametersText(image: Image): string {
  const { params } = image;
  const named = { ...samplers, ...schedules, ...foreignNames };
  const { hires } = params;
  // With a second pass the size is that of the first.
  const [width, height] = hires
    ? [params.width ?? image.width, params.height ?? image.height]
    : [image.width, image.height];
  const settings: [string, unknown][] = [
    ["Steps", params.num_inference_steps],
    ["Sampler", params.sampler && named[params.sampler as Sampler]],
    ["Schedule type", params.schedule && named[params.schedule as Schedule]],
    ["CFG scale", params.guidance_scale],
    ["Seed", image.seed],
    ["Size", `${width}x${height}`],
    ["Model", image.model],
    ["Denoising strength", hires?.strength ?? params.strength],
    ["Hires upscale", hires?.scale],
    ["Hires steps", hires?.num_inference_steps],
    ["Hires upscaler", hires && foreignUpscalers[hires.upscaler]],
    ["Mask blur", params.mask_blur],
    ["Inpaint area", params.only_masked ? "Only masked" : null],
    ["Masked area padding", params.padding],
  ];
  const known = settings.filter(([, value]) => value != null && value !== "");
  return [
    unmarked(image.prompt),
    image.negative_prompt && `Negative prompt: ${unmarked(image.negative_prompt)}`,
    known.map(([name, value]) => `${name}: ${quoted(value)}`).join(", "),
  ]
    .filter(Boolean)
    .join("\n");
}

// What is in the form, and what it means for a model. Fields hold text as it was typed; an empty
// field means the model's default. Knows no React and sends nothing.
import type { Infotext, RecoveredSettings } from "@/api/exchange";
import type {
  GenerateBody,
  HiresBody,
  Image,
  JobRequest,
  Model,
  ResizeMode,
  Sampler,
  Schedule,
  System,
  VariationsBody,
} from "@/api/types";

export const draftFields = [
  "prompt",
  "negative_prompt",
  "styles",
  "width",
  "height",
  "num_inference_steps",
  "guidance_scale",
  "seed",
  "sampler",
  "schedule",
  "num_images",
  "model",
  "strength",
  "resize_mode",
  "hires_scale",
  "hires_strength",
  "hires_steps",
  "hires_upscaler",
  "style_strength",
] as const;

export type DraftField = (typeof draftFields)[number];
export type Draft = Readonly<Record<DraftField, string>>;
export type FieldErrors = Partial<Record<DraftField, string>>;
export type Limits = Pick<System["limits"], "max_images" | "max_steps" | "max_guidance_scale">;

export const emptyDraft = Object.fromEntries(draftFields.map((name) => [name, ""])) as Draft;

// JavaScript's numbers are exact up to here; the server draws its random seeds below it too.
const maxSeed = Number.MAX_SAFE_INTEGER;
export const usualStrength = 0.5;
export const usualStyleStrength = 0.75;
const largestHires = 4;
const usualLimits: Limits = { max_images: 100, max_steps: 150, max_guidance_scale: 50 };

/** The model that would draw: the chosen one if it can, else the active one. */
export function modelOf(draft: Draft, models: readonly Model[]): Model | undefined {
  const chosen = models.find(({ name, state }) => name === draft.model && state === "ready");
  return chosen ?? models.find(({ active }) => active);
}

/** Every value in use: what was typed, else the model's default. */
export function effective(draft: Draft, model: Model | undefined): Draft {
  const defaults: Record<string, unknown> = { ...model?.defaults };
  const values = draftFields.map((name) => [
    name,
    draft[name].trim() || String(defaults[name] ?? ""),
  ]);
  const { seed, num_images, ...rest } = Object.fromEntries(values) as Draft;
  return { ...rest, seed: seed || "-1", num_images: num_images || "1", model: model?.name ?? "" };
}

function numberProblem(text: string, low: number, high: number, whole: boolean): string | null {
  const value = Number(text);
  const kind = whole ? "a whole number" : "a number";
  if (text !== "" && Number.isFinite(value) && value >= low && value <= high) {
    if (!whole || Number.isInteger(value)) return null;
  }
  return `Must be ${kind} from ${low} to ${high}.`;
}

function sizeProblem(text: string, { size_multiple: step, max_size: max }: Model): string | null {
  const value = Number(text);
  if (!Number.isInteger(value) || value < step || value > max) {
    return `Must be a multiple of ${step} from ${step} to ${max} pixels.`;
  }
  if (value % step === 0) return null;
  const below = value - (value % step);
  const nearest = [below, below + step].filter((size) => size >= step && size <= max);
  return `Must be a multiple of ${step}: try ${nearest.join(" or ")}.`;
}

function hiresProblem(text: string, values: Draft, model: Model | undefined): string | null {
  const wrong = numberProblem(text, 1, largestHires, false);
  const side = Math.max(Number(values.width), Number(values.height));
  if (wrong || !model || !side || side * Number(text) <= model.max_size) return wrong;
  const most = Math.floor((100 * model.max_size) / side) / 100;
  return most > 1
    ? `At most ${most} for this size: ${model.title} draws up to ${model.max_size} pixels a side.`
    : `Choose a smaller size first: ${model.title} draws up to ${model.max_size} pixels a side.`;
}

/** What is wrong with the form, by field; empty when it can be sent. */
export function check(draft: Draft, model: Model | undefined, limits = usualLimits): FieldErrors {
  const values = effective(draft, model);
  const found: Record<string, string | null> = {
    prompt: draft.prompt.trim() ? null : "Describe what the picture should show.",
    // The server knows what a model takes that isn't known here yet.
    width: model && values.width ? sizeProblem(values.width, model) : null,
    height: model && values.height ? sizeProblem(values.height, model) : null,
    num_inference_steps: values.num_inference_steps
      ? numberProblem(values.num_inference_steps, 1, limits.max_steps, true)
      : null,
    guidance_scale: values.guidance_scale
      ? numberProblem(values.guidance_scale, 0, limits.max_guidance_scale, false)
      : null,
    seed: numberProblem(values.seed, -1, maxSeed, true),
    num_images: numberProblem(values.num_images, 1, limits.max_images, true),
    ...(isHires(draft) && {
      hires_scale: hiresProblem(draft.hires_scale, values, model),
      hires_strength: draft.hires_strength
        ? numberProblem(draft.hires_strength, 0.01, 1, false)
        : null,
      hires_steps: draft.hires_steps
        ? numberProblem(draft.hires_steps, 1, limits.max_steps, true)
        : null,
    }),
  };
  return Object.fromEntries(Object.entries(found).filter(([, message]) => message)) as FieldErrors;
}

/** Whether a second, larger pass is asked for. */
export function isHires(draft: Draft): boolean {
  return draft.hires_scale.trim() !== "" && Number(draft.hires_scale) !== 1;
}

function hiresOf(draft: Draft): HiresBody | undefined {
  if (!isHires(draft)) return undefined;
  const { hires_strength, hires_steps, hires_upscaler } = draft;
  return {
    scale: Number(draft.hires_scale),
    ...(hires_strength && { strength: Number(hires_strength) }),
    ...(hires_steps && { num_inference_steps: Number(hires_steps) }),
    ...(hires_upscaler && { upscaler: hires_upscaler as HiresBody["upscaler"] }),
  };
}

/** The request for a form that `check` has passed. Only what was typed is sent. */
export function toBody(draft: Draft, model: Model | undefined): GenerateBody {
  const typed = (name: DraftField) => draft[name].trim();
  const number = (name: DraftField) => (typed(name) ? Number(typed(name)) : undefined);
  return {
    prompt: typed("prompt"),
    negative_prompt: typed("negative_prompt") || undefined,
    styles: typed("styles") ? typed("styles").split("\n") : undefined,
    width: number("width"),
    height: number("height"),
    num_inference_steps: number("num_inference_steps"),
    guidance_scale: number("guidance_scale"),
    seed: number("seed"),
    sampler: (typed("sampler") as Sampler) || undefined,
    schedule: (typed("schedule") as Schedule) || undefined,
    num_images: number("num_images") ?? 1,
    model: model && model.name === draft.model ? draft.model : undefined,
    hires: hiresOf(draft),
  };
}

/** The request that starts from a picture, without the picture. */
export function toImageToImage(draft: Draft, model: Model | undefined): VariationsBody {
  // The words of a picture that is started from are drawn as they are written.
  const { num_images, styles: _styles, ...body } = toBody(draft, model);
  return {
    ...body,
    strength: draft.strength ? Number(draft.strength) : usualStrength,
    resize_mode: (draft.resize_mode as ResizeMode) || undefined,
    num_variations: num_images,
  };
}

type Values = Partial<Record<DraftField, string | number | null | undefined>>;

function draftOf(values: Values): Draft {
  return Object.fromEntries(
    draftFields.map((name) => [name, values[name] == null ? "" : String(values[name])]),
  ) as Draft;
}

type Drawn = Pick<JobRequest, "hires">["hires"] | undefined;

function draftOfHires(hires: Drawn) {
  return {
    hires_scale: hires?.scale,
    hires_strength: hires?.strength,
    hires_steps: hires?.num_inference_steps,
    hires_upscaler: hires?.upscaler,
  };
}

/** The form that draws `request` again. */
export function draftOfRequest({ hires, ...request }: JobRequest): Draft {
  const { template, styles, prompt } = request;
  const words = { prompt: wordsOf(prompt, template, styles), styles: undefined };
  const style_strength = request.style_reference?.strength;
  return draftOf({ ...request, ...draftOfHires(hires), ...words, style_strength } as Values);
}

/**
 * What to type to get the same again: the template, whose alternatives follow from the seed. With
 * styles the prompt they made: their templates may have changed since.
 */
function wordsOf(prompt: string, template: unknown, styles: unknown): string {
  return typeof template === "string" && !styles ? template : prompt;
}

/** The form that draws `image` again. */
export function draftOfImage(image: Image): Draft {
  const { params } = image;
  return draftOf({
    ...(params as Values),
    ...draftOfHires(params.hires),
    style_strength: params.style_reference?.strength,
    prompt: wordsOf(image.prompt, params.template, params.styles),
    styles: undefined,
    negative_prompt: image.negative_prompt,
    // Of a picture with a second pass, or of an edit, the size that was asked for.
    width: params.width ?? (image.width || undefined),
    height: params.height ?? (image.height || undefined),
    seed: image.seed,
    model: image.model,
  });
}

/**
 * The form that draws what was read out of a picture, and the seed if it is too large for a form.
 * How many pictures, how it starts from another one or takes over its look, and the model if the
 * picture's isn't here, stay as they are.
 */
export function draftOfSettings(
  settings: RecoveredSettings,
  before: Draft,
): [Draft, Infotext["unmapped"][number] | null] {
  const { seed } = settings;
  const exact = seed === null || Number.isSafeInteger(seed);
  const draft = draftOf({
    ...settings,
    seed: exact ? seed : null,
    model: settings.model ?? before.model,
    num_images: before.num_images,
    strength: before.strength,
    resize_mode: before.resize_mode,
    style_strength: before.style_strength,
  });
  const reason = "it is larger than a browser can keep; a random one is used";
  return [draft, exact ? null : { name: "Seed", value: String(seed), reason }];
}

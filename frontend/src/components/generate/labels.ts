// The field's terms, as they are written in the interface, with what they mean.
import type { ResizeMode, Sampler, Schedule, Upscaler } from "@/api/types";

export { samplers, schedules } from "@/components/ui/terms";

export const explanations = {
  negative_prompt: "What the picture should not show.",
  styles: "Templates that are put on the prompt.",
  width: "In pixels.",
  height: "In pixels.",
  num_inference_steps: "More steps take longer and bring out detail.",
  guidance_scale: "How closely the prompt is followed. Too much looks overdone; up to 1 is off.",
  seed: "The same seed and settings draw the same picture. -1 is random.",
  sampler: "The method that turns noise into a picture. They differ in texture and speed.",
  schedule: "How the noise is spaced over the steps.",
  num_images: "Drawn with neighbouring seeds.",
  model: "What draws the picture.",
  strength: "How much of the start picture is redrawn.",
  resize_mode: "How the start picture gets to the size.",
  hires_scale: "A second pass draws the picture again, larger and with more detail.",
  hires_strength: "How much the second pass redraws, from 0 to 1.",
  hires_steps: "Steps of the second pass. Empty: as in the first.",
  hires_upscaler: "How the picture is enlarged in between.",
  style_strength: "How much of the style picture's look carries over.",
} as const;

/** Ways of getting a picture of another shape to the size that is asked for. */
export const resizeModes: Record<ResizeMode, string> = {
  crop: "Crop to fill",
  fit: "Keep its shape",
  pad: "Pad the edges",
  stretch: "Stretch",
};

export const resizeNotes: Record<ResizeMode, string> = {
  crop: "It fills the size; what sticks out is cut off evenly.",
  fit: "All of it is kept; the result may be narrower or lower than asked.",
  pad: "All of it is kept; its edges are drawn out to fill the size.",
  stretch: "All of it is kept, bent to the size.",
};

export const upscalers: Record<Upscaler, string> = {
  latent: "Latent",
  lanczos: "Lanczos",
};

export const upscalerNotes: Record<Upscaler, string> = {
  latent: "Invents more detail; wants a strength of 0.5 or more.",
  lanczos: "Stays closer to the first pass; goes well with less strength.",
};

/** What to expect of each sampler; shown for the one in use. */
export const samplerNotes: Record<Sampler, string> = {
  euler: "Simple and fast, smooth pictures. 20 to 30 steps.",
  euler_a: "Lively: new noise in every step, so more steps give another picture.",
  heun: "Exact, but each step takes twice as long. 10 to 20 steps.",
  lms: "Looks back over four steps. Smooth, 20 to 40 steps.",
  ddim: "The classic; steady in 20 to 50 steps.",
  ddpm: "The original: new noise in every step. Best with 50 steps or more.",
  pndm: "What the first Stable Diffusion came with. 30 to 50 steps.",
  dpmpp_2m: "Sharp and quick, good for most things. 15 to 30 steps.",
  dpmpp_2m_sde: "DPM++ 2M with new noise in every step: more texture. 20 to 40 steps.",
  dpmpp_sde: "Rich detail in few steps, each twice as long. 8 to 20 steps.",
  unipc: "Corrects itself as it goes; good in 8 to 20 steps.",
  lcm: "Only for models distilled for it: 4 to 8 steps, low guidance. It has its own schedule.",
};

/** What each schedule does; shown for the one in use. */
export const scheduleNotes: Record<Schedule, string> = {
  normal: "Steps spaced as the model was trained.",
  karras: "More of the steps go into detail.",
  exponential: "Still more of the steps go into fine detail.",
  sgm_uniform: "Even steps from pure noise; for Turbo, Lightning and other few-step models.",
  ays: "Tuned for Stable Diffusion 1.5 and XL with about 10 steps.",
};

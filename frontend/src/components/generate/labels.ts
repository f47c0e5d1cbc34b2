// The field's terms, as they are written in the interface, with what they mean.
import type { Sampler, Schedule } from "@/api/types";

export { samplers, schedules } from "@/components/ui/terms";

export const explanations = {
  negative_prompt: "What the picture should not show.",
  width: "In pixels.",
  height: "In pixels.",
  num_inference_steps: "More steps take longer and bring out detail.",
  guidance_scale: "How closely the prompt is followed. Too much looks overdone; up to 1 is off.",
  seed: "The same seed and settings draw the same picture. -1 is random.",
  sampler: "The method that turns noise into a picture. They differ in texture and speed.",
  schedule: "How the noise is spaced over the steps.",
  num_images: "Drawn with neighbouring seeds.",
  model: "What draws the picture.",
} as const;

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

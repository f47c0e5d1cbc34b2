// The field's terms, as they are written in the interface, with what they mean.
export { samplers, schedules } from "@/components/ui/terms";

export const explanations = {
  negative_prompt: "What the picture should not show.",
  width: "In pixels.",
  height: "In pixels.",
  num_inference_steps: "More steps take longer and bring out detail.",
  guidance_scale: "How closely the prompt is followed. Too much looks overdone; up to 1 is off.",
  seed: "The same seed and settings draw the same picture. -1 is random.",
  sampler: "The method that turns noise into a picture. They differ in texture and speed.",
  schedule: "How the noise is spaced over the steps. Karras spends more of them on detail.",
  num_images: "Drawn with neighbouring seeds.",
  model: "What draws the picture.",
} as const;

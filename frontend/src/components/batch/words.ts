// How a batch is spoken of. Knows no React.
import type { Batch } from "@/api/batches";
import { count, duration } from "@/utils/format";

const states: Readonly<Record<Batch["state"], string>> = {
  waiting: "Waiting",
  running: "Drawing",
  paused: "Paused",
  finished: "Done",
};

export function stateOf(batch: Batch): string {
  const { cancelled, failed } = batch.counts;
  if (batch.state !== "finished") return states[batch.state];
  if (cancelled > 0) return "Cancelled";
  return failed > 0 ? "Done, with failures" : "Done";
}

/** "12 of 500 pictures, 3 failed, 8 min left" */
export function progressOf(batch: Batch): string {
  const { failed, cancelled } = batch.counts;
  const parts = [`${batch.finished_images} of ${count(batch.num_images, "picture")}`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (batch.eta_seconds !== null) parts.push(`about ${duration(batch.eta_seconds)} left`);
  return parts.join(", ");
}

export function shareOf(batch: Batch): number {
  const { failed, cancelled, succeeded } = batch.counts;
  if (batch.num_jobs === 0) return 0;
  const ended = (failed + cancelled + succeeded) / batch.num_jobs;
  const drawn = batch.finished_images / Math.max(1, batch.num_images);
  return Math.round(100 * Math.min(1, Math.max(ended, drawn)));
}

export function canCancel(batch: Batch): boolean {
  return batch.state !== "finished";
}

const parameters: Readonly<Record<string, string>> = {
  prompt: "Words in the prompt",
  negative_prompt: "Negative prompt",
  seed: "Seed",
  num_inference_steps: "Steps",
  guidance_scale: "Guidance",
  sampler: "Sampler",
  schedule: "Schedule",
  model: "Model",
  styles: "Style",
  width: "Width",
  height: "Height",
};

export function parameterName(parameter: string): string {
  return parameters[parameter] ?? parameter;
}

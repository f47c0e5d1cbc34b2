// "Try again": the same request as a new job.
import { useGenerate, useVariations } from "@/api/jobs";
import type { Job } from "@/api/types";
import { notifyError } from "@/components/ui/toaster";
import { uniqueKey } from "@/utils/id";

/** A function that sends the job's request again; `null` when it can't be (an uploaded source). */
export function useRetry(job: Job): { retry: (() => void) | null; pending: boolean } {
  const generate = useGenerate();
  const vary = useVariations();
  const { strength, parent_id, num_images, resize_mode } = job.request;
  const sampling = samplingOf(job.request);
  const onError = (error: Error) => notifyError(error, "It couldn't be started again");
  const pending = generate.isPending || vary.isPending;
  if (job.kind === "generate") {
    const body = { ...sampling, num_images };
    return { retry: () => generate.mutate({ body, key: uniqueKey() }, { onError }), pending };
  }
  // An edit's mask isn't part of what a job tells.
  if (parent_id === null || job.kind !== "variations") return { retry: null, pending };
  const body = {
    ...sampling,
    image_id: parent_id,
    strength: strength ?? 0.5,
    num_variations: num_images,
    resize_mode: resize_mode ?? "crop",
  };
  return { retry: () => vary.mutate(body, { onError }), pending };
}

/** What all kinds of requests have in common, as it was asked for. */
function samplingOf(request: Job["request"]) {
  const { prompt, negative_prompt, model, width, height, seed, sampler, schedule, hires } = request;
  const { num_inference_steps, guidance_scale } = request;
  return {
    prompt,
    negative_prompt,
    model,
    width,
    height,
    num_inference_steps,
    guidance_scale,
    seed,
    sampler,
    schedule,
    hires,
  };
}

// "Try again": the same request as a new job.
import { useGenerate, useVariations } from "@/api/jobs";
import type { Job } from "@/api/types";
import { notifyError } from "@/components/ui/toaster";
import { uniqueKey } from "@/utils/id";

/** What both ways of asking take of a request as it was. */
function samplingOf({ request }: Job) {
  const { template, styles, negative_prompt, model, width, height, num_inference_steps } = request;
  const { guidance_scale, seed, sampler, schedule, hires } = request;
  const size = { width, height, num_inference_steps, guidance_scale };
  // Alternatives are chosen again by the same seeds; what styles made is taken as it is.
  const prompt = template !== null && styles === null ? template : request.prompt;
  return { prompt, negative_prompt, model, ...size, seed, sampler, schedule, hires };
}

/**
 * A function that sends the job's request again; `null` when it can't be: an uploaded picture or a
 * mask isn't in the request.
 */
export function useRetry(job: Job): { retry: (() => void) | null; pending: boolean } {
  const generate = useGenerate();
  const vary = useVariations();
  const { strength, parent_id, num_images, resize_mode, style_reference: style } = job.request;
  const onError = (error: Error) => notifyError(error, "It couldn't be started again");
  const pending = generate.isPending || vary.isPending;
  if (job.kind === "generate") {
    if (style && style.image_id === null) return { retry: null, pending };
    const body = {
      ...samplingOf(job),
      num_images,
      ...(style && { style_reference: { image_id: style.image_id, strength: style.strength } }),
    };
    return { retry: () => generate.mutate({ body, key: uniqueKey() }, { onError }), pending };
  }
  if (parent_id === null || job.kind !== "variations") return { retry: null, pending };
  const body = {
    ...samplingOf(job),
    image_id: parent_id,
    strength: strength ?? 0.5,
    num_variations: num_images,
    ...(resize_mode && { resize_mode }),
  };
  return { retry: () => vary.mutate(body, { onError }), pending };
}

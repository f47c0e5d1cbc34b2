// "Try again": the same request as a new job.
import { useGenerate, useVariations } from "@/api/jobs";
import type { Job } from "@/api/types";
import { notifyError } from "@/components/ui/toaster";
import { uniqueKey } from "@/utils/id";

/** A function that sends the job's request again; `null` when it can't be (an uploaded source). */
export function useRetry(job: Job): { retry: (() => void) | null; pending: boolean } {
  const generate = useGenerate();
  const vary = useVariations();
  const { strength, parent_id, num_images, ...sampling } = job.request;
  const onError = (error: Error) => notifyError(error, "It couldn't be started again");
  const pending = generate.isPending || vary.isPending;
  if (job.kind === "generate") {
    const body = { ...sampling, num_images };
    return { retry: () => generate.mutate({ body, key: uniqueKey() }, { onError }), pending };
  }
  if (parent_id === null) return { retry: null, pending };
  const body = {
    ...sampling,
    image_id: parent_id,
    strength: strength ?? 0.5,
    num_variations: num_images,
  };
  return { retry: () => vary.mutate(body, { onError }), pending };
}

// How far a job is, in one fraction and in words. Knows no React.
import type { Live } from "@/api/live";
import type { Job } from "@/api/types";
import { count, duration } from "@/utils/format";

/** Share of the job's steps that are done, 0 to 1. */
export function fractionDone(job: Job, live: Live): number {
  const { num_images: images, num_inference_steps: asked } = job.request;
  const perImage = live.latest?.total_steps ?? asked;
  const drawing = Object.entries(live.steps).reduce((sum, [, step]) => sum + step, 0);
  const unseen = Math.max(0, job.images.length - Object.keys(live.steps).length) * perImage;
  return perImage > 0 ? Math.min(1, (drawing + unseen) / (images * perImage)) : 0;
}

export function timeLeft(live: Live): string | null {
  const eta = live.latest?.eta_seconds;
  return eta == null ? null : `about ${duration(Math.max(1, Math.ceil(eta)))} left`;
}

/** "Step 8 of 20 · about 3 s left", or where in the queue it is. */
export function statusLine(job: Job, live: Live): string {
  if (job.state === "queued") {
    const ahead = job.queue_position ?? 0;
    return ahead > 0 ? `Waiting, ${count(ahead, "request")} ahead` : "Waiting, next in line";
  }
  if (!live.latest) return job.attempts > 1 ? "Starting again" : "Starting";
  const { step, total_steps } = live.latest;
  const images = job.request.num_images;
  const done = images > 1 ? `${job.images.length} of ${images} pictures done` : null;
  return [`Step ${step} of ${total_steps}`, done, timeLeft(live)].filter(Boolean).join(" · ");
}

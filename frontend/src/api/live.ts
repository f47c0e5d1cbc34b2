// What running jobs look like right now: the step of each picture and its latest preview. This is
// news, not truth: it is forgotten when the job ends, and a reload starts from the job's own row.
import { createStore, useStore } from "@/utils/store";

export type Progress = {
  image_index: number | null;
  step: number;
  total_steps: number;
  finished_images?: number | null;
  num_images?: number | null;
  eta_seconds: number | null;
};

export type Live = {
  /** The newest progress of the job as a whole. */
  latest?: Progress;
  /** The step that each picture is at, by its index. */
  steps: Readonly<Record<number, number>>;
  /** A small picture as a data URI, by index. */
  previews: Readonly<Record<number, string>>;
};

const nothing: Live = { steps: {}, previews: {} };
const live = createStore<Readonly<Record<string, Live>>>({});

function change(jobId: string, update: (before: Live) => Live): void {
  const all = live.get();
  live.set({ ...all, [jobId]: update(all[jobId] ?? nothing) });
}

export function reportProgress(jobId: string, progress: Progress): void {
  change(jobId, (before) => ({
    ...before,
    latest: progress,
    steps: { ...before.steps, [progress.image_index ?? 0]: progress.step },
  }));
}

export function reportPreview(jobId: string, index: number, preview: string): void {
  change(jobId, (before) => ({ ...before, previews: { ...before.previews, [index]: preview } }));
}

export function forgetLive(jobId: string): void {
  if (!(jobId in live.get())) return;
  const { [jobId]: _gone, ...rest } = live.get();
  live.set(rest);
}

export function useLive(jobId: string): Live {
  return useStore(live)[jobId] ?? nothing;
}

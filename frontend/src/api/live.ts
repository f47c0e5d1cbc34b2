// What a running job looks like right now: its step and its latest previews. Gone when it ends.
import { createStore, useStore } from "@/utils/store";

export type Progress = { step: number; total_steps: number; eta_seconds?: number | null };
export type Live = { progress?: Progress; previews: Readonly<Record<number, string>> };

const nothing: Live = { previews: {} };
const live = createStore<Readonly<Record<string, Live>>>({});

export function reportProgress(jobId: string, progress: Progress): void {
  const all = live.get();
  live.set({ ...all, [jobId]: { ...(all[jobId] ?? nothing), progress } });
}

export function reportPreview(jobId: string, index: number, image: string): void {
  const all = live.get();
  const before = all[jobId] ?? nothing;
  live.set({ ...all, [jobId]: { ...before, previews: { ...before.previews, [index]: image } } });
}

export function forgetLive(jobId: string): void {
  if (!(jobId in live.get())) return;
  const { [jobId]: _gone, ...rest } = live.get();
  live.set(rest);
}

export function useLive(jobId: string): Live {
  return useStore(live)[jobId] ?? nothing;
}

// Says aloud what becomes of jobs, and lets Esc interrupt the newest one.
import { useEffect, useRef } from "react";
import { isFinal, useCancelJob } from "@/api/jobs";
import type { Job, JobState } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";

function newsOf(job: Job): string | null {
  const { prompt } = job.request;
  if (job.state === "running") return `Drawing: ${prompt}`;
  if (job.state === "succeeded") return `${count(job.images.length, "picture")} ready: ${prompt}`;
  if (job.state === "failed") return `Failed: ${prompt}. ${job.error ?? ""}`;
  return job.state === "cancelled" ? `Cancelled: ${prompt}` : null;
}

export function useAnnouncedJobs(jobs: readonly Job[]): void {
  const before = useRef(new Map<string, JobState>());
  useEffect(() => {
    for (const job of jobs) {
      const known = before.current.get(job.id);
      if (known && known !== job.state) {
        const news = newsOf(job);
        if (news) announce(news);
      }
      before.current.set(job.id, job.state);
    }
  }, [jobs]);
}

export function useEscape(jobs: readonly Job[]): void {
  const { mutate } = useCancelJob();
  const unfinished = jobs.filter((job) => !isFinal(job.state));
  const target = unfinished.find((job) => job.state === "running") ?? unfinished[0];
  useEffect(() => {
    if (!target) return;
    const onKey = (event: KeyboardEvent) => {
      // Menus, dialogs and tooltips close with Esc too, and mark it as theirs.
      const busy =
        event.target instanceof HTMLSelectElement ||
        document.querySelector('[role="dialog"], [role="menu"][data-state="open"]');
      if (event.key !== "Escape" || event.defaultPrevented || busy) return;
      mutate(target.id, { onError: (error) => notifyError(error, "It wasn't cancelled") });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [target, mutate]);
}

// Which jobs have a card: what runs or waits, and what ended lately, until it is dismissed.
import { useState } from "react";
import { isFinal, useJobs } from "@/api/jobs";
import type { Job } from "@/api/types";
import { load, save } from "@/utils/storage";

const key = "dismissedJobs";
const keptMinutes = 60;
const mostEnded = 12;

export function feedOf(jobs: readonly Job[], dismissed: readonly string[], now: number): Job[] {
  let ended = 0;
  return jobs.filter((job) => {
    if (!isFinal(job.state)) return true;
    const age = (now - Date.parse(job.finished_at ?? job.created_at)) / 60_000;
    if (dismissed.includes(job.id) || age > keptMinutes) return false;
    const empty = job.images.every((image) => image.deleted_at !== null);
    if (job.state === "succeeded" && empty) return false;
    ended += 1;
    return ended <= mostEnded;
  });
}

export function useFeed(): { feed: Job[]; dismiss: (id: string) => void } {
  const { data: jobs = [] } = useJobs();
  const [dismissed, setDismissed] = useState(() => load<string[]>(key, []));

  function dismiss(id: string): void {
    const next = [...dismissed, id].slice(-200);
    setDismissed(next);
    save(key, next);
  }

  return { feed: feedOf(jobs, dismissed, Date.now()), dismiss };
}

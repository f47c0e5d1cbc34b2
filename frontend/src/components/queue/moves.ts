// What a move means to the server: the job that something is put in front of, or null for the end.
import type { QueueEntry } from "@/api/queue";

export type Direction = "first" | "up" | "down";

export function beforeOf(
  waiting: readonly Pick<QueueEntry, "job">[],
  at: number,
  direction: Direction,
): string | null {
  const place = direction === "first" ? 0 : direction === "up" ? at - 1 : at + 2;
  return waiting[place]?.job.id ?? null;
}

// How far a training is, in words. Knows no React.
import type { RetrainStatus } from "@/api/types";
import { count, duration } from "@/utils/format";

type Progress = Pick<
  RetrainStatus,
  | "state"
  | "phase"
  | "phase_done"
  | "phase_total"
  | "current_step"
  | "total_steps"
  | "current_epoch"
  | "total_epochs"
  | "eta_seconds"
>;

const phases: Record<RetrainStatus["phase"], string> = {
  waiting: "Waiting for its turn",
  reading: "Reading pictures",
  drawing: "Drawing samples to compare with",
  encoding: "Preparing pictures",
  training: "Learning",
  evaluating: "Measuring what came of it",
  done: "Done",
};

const states: Partial<Record<RetrainStatus["state"], string>> = {
  queued: "Waiting for its turn",
  pausing: "Pausing after this step; what is learnt is kept",
  paused: "Paused",
  cancelling: "Stopping after this step; what is learnt is kept",
};

/** "Learning · step 40 of 200 · epoch 2 of 5 · about 4 min left". */
export function statusLine(status: Progress): string {
  const { state, phase, phase_done: done, phase_total: total, eta_seconds: eta } = status;
  const parts = [states[state] ?? phases[phase]];
  if (phase === "training") {
    parts.push(`step ${status.current_step} of ${status.total_steps}`);
    if (status.total_epochs > 1) {
      const epoch = Math.min(Math.floor(status.current_epoch) + 1, Math.ceil(status.total_epochs));
      parts.push(`epoch ${epoch} of ${Math.ceil(status.total_epochs)}`);
    }
  } else if (total > 1 && state === "running") {
    parts.push(`${done} of ${total}`);
  }
  if (eta !== null && state === "running") parts.push(`about ${duration(Math.max(1, eta))} left`);
  return parts.join(" · ");
}

/** "Learnt from 30 pictures; 6 were held back to check", as far as it is known. */
export function dataLine(status: Pick<RetrainStatus, "data">): string | null {
  const { data } = status;
  if (!data) return null;
  const trained = data.trained_on ?? data.pictures;
  const parts = [];
  if (trained !== null) parts.push(count(trained, "picture"));
  if (data.held_out) parts.push(`${data.held_out} held back to check`);
  if (data.rejected) parts.push(`${data.rejected} left out`);
  return parts.length > 0 ? parts.join(", ") : null;
}

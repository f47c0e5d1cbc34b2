// A training and what it would learn from, as the server tells them, for tests.
import type { RetrainExample, RetrainPreview, RetrainStatus } from "@/api/types";

export function sampleStatus(change: Partial<RetrainStatus> = {}): RetrainStatus {
  return {
    active: true,
    state: "running",
    progress: 0.2,
    current_epoch: 2.1,
    total_epochs: 10,
    current_step: 40,
    total_steps: 200,
    current_loss: 0.21,
    validation_loss: 0.19,
    parent_validation_loss: 0.2,
    best_step: 20,
    eta_seconds: 240,
    completed: false,
    start_time: "2026-01-31T12:00:00Z",
    end_time: null,
    job_id: "training1",
    model: null,
    name: "starter-taste-1",
    parent: "starter",
    method: "lora",
    phase: "training",
    phase_done: 40,
    phase_total: 200,
    error: null,
    notes: [],
    options: { method: "lora", learning_rate: 0.0001, max_steps: 200 },
    data: { source: "gallery", pictures: 38, trained_on: 30, held_out: 6, rejected: 2 },
    curve: [
      { step: 0, loss: null, validation_loss: 0.2, learning_rate: null },
      { step: 20, loss: 0.22, validation_loss: 0.185, learning_rate: 0.0001 },
      { step: 40, loss: 0.21, validation_loss: 0.19, learning_rate: 0.0001 },
    ],
    grids: [
      { step: 0, url: "/api/retrain/grids/training1/0" },
      { step: 20, url: "/api/retrain/grids/training1/20" },
      { step: 40, url: "/api/retrain/grids/training1/40" },
    ],
    grid_prompts: ["a red apple", "a snowy mountain"],
    grid_seeds: [1, 2, 3, 4],
    metrics: null,
    summary: [],
    activated: false,
    resumable: false,
    ...change,
  };
}

/** No training ever. */
export const neverTrained: RetrainStatus = sampleStatus({
  active: false,
  state: "idle",
  progress: 0,
  current_epoch: 0,
  total_epochs: 0,
  current_step: 0,
  total_steps: 0,
  current_loss: null,
  validation_loss: null,
  parent_validation_loss: null,
  best_step: null,
  eta_seconds: null,
  start_time: null,
  job_id: null,
  name: null,
  parent: null,
  method: null,
  phase: "done",
  options: null,
  data: null,
  curve: [],
  grids: [],
  grid_prompts: [],
  grid_seeds: [],
});

export function sampleExample(
  number: number,
  change: Partial<RetrainExample> = {},
): RetrainExample {
  return {
    key: `image-${number}`,
    caption: `picture number ${number}`,
    feedback: 1,
    image_id: number,
    thumbnail_url: `/api/images/${number}/thumbnail`,
    thumbnail: null,
    ...change,
  };
}

export function samplePreview(change: Partial<RetrainPreview> = {}): RetrainPreview {
  return {
    ready: true,
    reason: null,
    method: "lora",
    liked: 8,
    disliked: 4,
    pairs: 0,
    total: 12,
    accepted: 11,
    duplicates: 0,
    rejected: [{ reason: "no_caption", message: "without a caption", count: 1, keys: ["image-9"] }],
    mapping: null,
    examples: [1, 2, 3].map((number) => sampleExample(number)),
    next_cursor: null,
    sampled: false,
    default_dataset: "owner/pictures-with-captions",
    options: { method: "lora", learning_rate: 0.0001, batch_size: 4, max_steps: 1000, seed: 0 },
    estimate: {
      state: "ready",
      seconds: 600,
      seconds_per_step: 0.6,
      memory_bytes: 2_000_000_000,
      memory_available_bytes: 8_000_000_000,
      disk_bytes: 300_000_000,
      steps: 1000,
      detail: "Measured with a few steps on this machine.",
    },
    ...change,
  };
}

// Records as the server sends them, for tests.
import type { Image, Job, Model, Taste, Version } from "@/api/types";

export function sampleModel(change: Partial<Model> = {}): Model {
  return {
    name: "starter",
    title: "Starter",
    kind: "embedded",
    source: "embedded",
    state: "ready",
    active: true,
    defaults: {
      width: 256,
      height: 256,
      num_inference_steps: 20,
      guidance_scale: 4,
      sampler: "dpmpp_2m",
      schedule: "karras",
    },
    size_multiple: 8,
    max_size: 512,
    notice: "It draws simple single subjects.",
    example_prompts: ["a red apple", "a snowy mountain"],
    family: "Stable Diffusion",
    base: null,
    own_sampler: false,
    trainable: true,
    progress: null,
    error: null,
    size_bytes: 38_000_000,
    has_safety_checker: false,
    version: null,
    has_vocabulary: false,
    liked: 0,
    disliked: 0,
    deletable: false,
    delete_reason: "It comes with the studio.",
    ...change,
  };
}

/** A version that was trained from the starter. */
export function sampleVersion(change: Partial<Model> = {}, version: Partial<Version> = {}): Model {
  return sampleModel({
    name: "starter-taste-1",
    title: "Starter, taste 1",
    kind: "trained",
    source: "trained",
    active: false,
    notice: null,
    deletable: true,
    delete_reason: null,
    version: {
      base: "starter",
      parent: "starter",
      method: "lora",
      created_at: "2026-01-31T12:00:00Z",
      steps: 120,
      trained_on: 30,
      held_out: 6,
      data_source: "gallery",
      style: null,
      data_hash: "sha256:0123",
      metrics: {
        better_than_parent: true,
        parent_validation_loss: 0.2,
        validation_loss: 0.185,
        rating_auc: { auc: 0.71, low: 0.6, high: 0.82, liked: 6, disliked: 4 },
      },
      options: { method: "lora", learning_rate: 0.0001 },
      libraries: { torch: "2.9.0" },
      grid_before_url: "/api/models/starter-taste-1/grids/before",
      grid_after_url: "/api/models/starter-taste-1/grids/after",
      images: 3,
      ...version,
    },
    ...change,
  });
}

export function sampleImage(change: Partial<Image> = {}): Image {
  const id = change.id ?? 1;
  return {
    id,
    prompt: "a red apple",
    negative_prompt: "",
    seed: 7,
    params: {
      num_inference_steps: 20,
      guidance_scale: 4,
      sampler: "dpmpp_2m",
      schedule: "karras",
      strength: null,
    },
    feedback: 0,
    created_at: "2026-01-31T12:00:00Z",
    width: 256,
    height: 256,
    model: "starter",
    parent_id: null,
    job_id: "job1",
    title: "",
    tags: [],
    flagged: null,
    unreadable: null,
    deleted_at: null,
    image_url: `/api/images/${id}/file`,
    thumbnail_url: `/api/images/${id}/thumbnail`,
    image_data: null,
    ...change,
  };
}

export function sampleJob(change: Partial<Job> = {}, request: Partial<Job["request"]> = {}): Job {
  const id = change.id ?? "job1";
  return {
    id,
    kind: "generate",
    state: "queued",
    created_at: new Date().toISOString(),
    started_at: null,
    finished_at: null,
    attempts: 0,
    error: null,
    images: [],
    queue_position: 0,
    progress: null,
    retrain: null,
    batch_id: null,
    paused: false,
    links: { self: `/api/jobs/${id}`, events: `/api/jobs/${id}/events` },
    ...change,
    request: {
      prompt: "a red apple",
      negative_prompt: "",
      model: "starter",
      width: 256,
      height: 256,
      num_inference_steps: 20,
      guidance_scale: 4,
      seed: 7,
      num_images: 1,
      sampler: "dpmpp_2m",
      schedule: "karras",
      template: null,
      styles: null,
      strength: null,
      parent_id: null,
      resize_mode: null,
      hires: null,
      style_reference: null,
      mask_blur: null,
      only_masked: null,
      padding: null,
      extend: null,
      final_width: null,
      final_height: null,
      ...request,
    },
  };
}

export const sampleSystem = {
  version: "0.1.0",
  device: "cpu",
  worker: {
    ready: true,
    detail: "Ready.",
    loaded_models: ["starter"],
    restarts: 0,
    warm_up: null,
  },
  offline: false,
  limits: {
    max_images: 100,
    max_steps: 150,
    max_guidance_scale: 50,
    max_prompt_length: 4000,
    max_queue: 100,
    max_upload_bytes: 20_971_520,
    max_upload_pixels: 40_000_000,
  },
};

export function sampleTaste(change: Partial<Taste> = {}): Taste {
  return {
    liked: 8,
    disliked: 4,
    unrated: 20,
    preferences: 0,
    level: "likes",
    needed: 38,
    advice: "Enough to learn from what you like.",
    ...change,
  };
}

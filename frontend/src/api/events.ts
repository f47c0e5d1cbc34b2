// What the server's news mean for the cache. The stream itself is opened in stream.ts.
import type { QueryClient } from "@tanstack/react-query";
import { imageKeys } from "./images";
import { draws, fetchJob, findJob, isFinal, jobsQuery, patchJob, rememberJob } from "./jobs";
import { forgetLive, reportPreview, reportProgress } from "./live";
import { modelsQuery } from "./models";
import { askQueue } from "./queue";
import { askStatus, patchStatus } from "./retrain";
import type { components } from "./schema";
import type { AnyJob } from "./types";

type Schemas = components["schemas"];
type News = {
  snapshot: Schemas["SnapshotData"];
  job: Schemas["JobData"];
  progress: Schemas["ProgressData"];
  preview: Schemas["PreviewData"];
  image: Schemas["ImageData"];
  training: Schemas["TrainingData"];
  model: Schemas["ModelData"];
  queue: Schemas["QueueData"];
};
type Handlers = { [Type in keyof News]: (cache: QueryClient, data: News[Type]) => void };

/** Reads a job's row again; what it drew then shows up in the lists too. */
async function refresh(cache: QueryClient, jobId: string): Promise<void> {
  const job: AnyJob | null = await fetchJob(jobId).catch(() => null);
  if (!job) return;
  if (!draws(job)) {
    askStatus(cache);
    return;
  }
  rememberJob(cache, job);
  if (isFinal(job.state)) forgetLive(job.id);
  if (job.images.length > 0) cache.invalidateQueries({ queryKey: imageKeys.all });
}

const handlers: Handlers = {
  // The state at the moment of (re)connecting; what ended while nobody listened is fetched.
  snapshot(cache, { jobs, models }) {
    for (const job of jobs) {
      rememberJob(cache, job);
      if (job.progress) reportProgress(job.id, job.progress);
    }
    cache.setQueryData(modelsQuery.queryKey, {
      items: models,
      active: models.find((model) => model.active)?.name ?? null,
    });
    cache.invalidateQueries({ queryKey: jobsQuery.queryKey });
    cache.invalidateQueries({ queryKey: imageKeys.all });
    askStatus(cache);
    askQueue(cache);
  },

  job(cache, data) {
    const known = findJob(cache, data.job_id);
    if (known && data.state === "running") {
      patchJob(cache, data.job_id, { state: "running", queue_position: null });
    } else {
      refresh(cache, data.job_id);
    }
    // The others move up.
    cache.invalidateQueries({ queryKey: jobsQuery.queryKey });
    askQueue(cache);
  },

  progress: (_cache, data) => reportProgress(data.job_id, data),
  preview: (_cache, data) => reportPreview(data.job_id, data.image_index, data.preview),
  image: (cache, data) => void refresh(cache, data.job_id),
  training: (cache, { job_id, ...news }) => patchStatus(cache, job_id, news),

  queue(cache) {
    cache.invalidateQueries({ queryKey: jobsQuery.queryKey });
    askQueue(cache);
  },

  model(cache, data) {
    const known = cache.getQueryData(modelsQuery.queryKey);
    const before = known?.items.find((model) => model.name === data.name);
    if (known && before) {
      const items = known.items.map((model) => {
        if (model.name === data.name) return { ...model, ...data };
        return data.active ? { ...model, active: false } : model;
      });
      cache.setQueryData(modelsQuery.queryKey, {
        items,
        active: items.find((model) => model.active)?.name ?? null,
      });
    }
    // Defaults and sizes aren't in the news; they change with the state or the active model.
    if (before?.state !== data.state || before.active !== data.active) {
      cache.invalidateQueries({ queryKey: modelsQuery.queryKey });
    }
  },
};

export const newsTypes = Object.keys(handlers) as (keyof News)[];

/** Applies one event of the stream to the cache. */
export function applyNews<Type extends keyof News>(
  cache: QueryClient,
  type: Type,
  data: News[Type],
): void {
  handlers[type](cache, data);
}

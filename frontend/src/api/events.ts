// One event stream for the whole page: jobs, progress, previews, images and models flow into the
// query cache, so that a reload or another tab shows the same. Reconnects for ever.
import type { QueryClient } from "@tanstack/react-query";
import { connection } from "./connection";
import { imageKeys } from "./images";
import { isFinal, jobsQuery, rememberJob } from "./jobs";
import { forgetLive, type Progress, reportPreview, reportProgress } from "./live";
import { modelsQuery } from "./models";
import { patchImage } from "./patch";
import type { Image, Job, Model } from "./types";

type Snapshot = { jobs?: Job[]; models?: Model[] };
type ProgressEvent = Progress & { job_id: string };
type PreviewEvent = { job_id: string; image_index?: number; image: string };

const firstRetry = 500;
const longestRetry = 5000;
// The server sends a heartbeat every 15 s, but browsers hide comments; so ask when in doubt.
const checkEvery = 20_000;

function onJob(cache: QueryClient, job: Job): void {
  rememberJob(cache, job);
  if (!isFinal(job.state)) return;
  forgetLive(job.id);
  if (job.images.length > 0) cache.invalidateQueries({ queryKey: imageKeys.all });
}

function onModel(cache: QueryClient, model: Model): void {
  cache.setQueryData(modelsQuery.queryKey, (list) => {
    if (!list) return list;
    const items = list.items.map((other) => {
      if (other.name === model.name) return model;
      return model.active && other.active ? { ...other, active: false } : other;
    });
    return { ...list, items, active: items.find((item) => item.active)?.name ?? null };
  });
}

/** The state at the moment of (re)connecting; what ended while nobody listened is fetched. */
function onSnapshot(cache: QueryClient, snapshot: Snapshot): void {
  for (const job of snapshot.jobs ?? []) rememberJob(cache, job);
  for (const model of snapshot.models ?? []) onModel(cache, model);
  cache.invalidateQueries({ queryKey: jobsQuery.queryKey });
  cache.invalidateQueries({ queryKey: modelsQuery.queryKey });
  cache.invalidateQueries({ queryKey: imageKeys.all });
}

/** Applies one event of the stream to the cache. */
export function applyEvent(cache: QueryClient, type: string, data: unknown): void {
  if (type === "snapshot") onSnapshot(cache, data as Snapshot);
  else if (type === "job") onJob(cache, data as Job);
  else if (type === "model") onModel(cache, data as Model);
  else if (type === "image") patchImage(cache, (data as Image).id, data as Image);
  else if (type === "progress") {
    const event = data as ProgressEvent;
    reportProgress(event.job_id, event);
  } else if (type === "preview") {
    const event = data as PreviewEvent;
    reportPreview(event.job_id, event.image_index ?? 0, event.image);
  }
}

const eventTypes = ["snapshot", "job", "progress", "preview", "image", "model"];

/** Opens the stream and keeps it open; returns a function that closes it. */
export function listen(cache: QueryClient): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = firstRetry;
  let wasOffline = false;

  function open(): void {
    source = new EventSource("/api/events");
    source.onopen = () => {
      wait = firstRetry;
      connection.set("online");
      if (wasOffline) cache.invalidateQueries();
      wasOffline = false;
    };
    source.onerror = retryLater;
    for (const type of eventTypes) {
      source.addEventListener(type, (event) => {
        connection.set("online");
        applyEvent(cache, type, JSON.parse((event as MessageEvent<string>).data));
      });
    }
  }

  // A browser gives up after an error status, so every failure is answered with a fresh stream.
  function retryLater(): void {
    source?.close();
    wasOffline = true;
    connection.set("offline");
    clearTimeout(timer);
    timer = setTimeout(open, wait);
    wait = Math.min(wait * 2, longestRetry);
  }

  const check = setInterval(async () => {
    if (connection.get() !== "online" || document.hidden) return;
    const answer = await fetch("/healthz").catch(() => null);
    if (!answer?.ok) retryLater();
  }, checkEvery);

  open();
  return () => {
    clearInterval(check);
    clearTimeout(timer);
    source?.close();
  };
}

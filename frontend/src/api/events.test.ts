import { waitFor } from "@testing-library/react";
import { sampleImage, sampleJob, sampleModel } from "@/testing/samples";
import { fakeServer } from "@/testing/server";
import { sampleStatus } from "@/testing/training";
import { applyNews } from "./events";
import { jobsQuery, rememberJob } from "./jobs";
import { modelsQuery } from "./models";
import { createQueryClient } from "./queryClient";
import { statusQuery } from "./retrain";
import type { Model } from "./types";

const jobsIn = (cache: ReturnType<typeof createQueryClient>) =>
  cache.getQueryData(jobsQuery.queryKey) ?? [];

function modelNews({ name, title, state, active, progress, notice, error }: Model) {
  return { name, title, state, active, progress, notice, error };
}

test("another tab's job appears", async () => {
  fakeServer({ "GET /api/jobs/job1": sampleJob() });
  const cache = createQueryClient();
  applyNews(cache, "job", { job_id: "job1", state: "queued" });
  await waitFor(() => expect(jobsIn(cache).map(({ id }) => id)).toEqual(["job1"]));
});

test("an ended job comes with its pictures, and late news don't wake it", async () => {
  const ended = sampleJob({ state: "succeeded", images: [sampleImage()] });
  fakeServer({ "GET /api/jobs/job1": ended });
  const cache = createQueryClient();
  rememberJob(cache, sampleJob({ state: "running" }));
  applyNews(cache, "job", { job_id: "job1", state: "succeeded", image_ids: [1] });
  await waitFor(() => expect(jobsIn(cache)[0]?.images).toHaveLength(1));
  rememberJob(cache, sampleJob({ state: "running" }));
  expect(jobsIn(cache)[0]?.state).toBe("succeeded");
});

test("a snapshot brings back every waiting and running job", () => {
  const cache = createQueryClient();
  const jobs = [sampleJob({ id: "b", state: "running" }), sampleJob({ id: "a" })];
  applyNews(cache, "snapshot", { jobs, models: [sampleModel()] });
  expect(
    jobsIn(cache)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["a", "b"]);
  expect(cache.getQueryData(modelsQuery.queryKey)?.active).toBe("starter");
});

test("a download's progress and a switch of models reach the list", () => {
  const cache = createQueryClient();
  const base = sampleModel({ name: "base", active: false, state: "downloading" });
  cache.setQueryData(modelsQuery.queryKey, { items: [sampleModel(), base], active: "starter" });
  const progress = { downloaded_bytes: 10, total_bytes: 20, eta_seconds: 1 };
  applyNews(cache, "model", modelNews({ ...base, progress }));
  expect(cache.getQueryData(modelsQuery.queryKey)?.items[1]?.progress).toEqual(progress);
  applyNews(cache, "model", modelNews({ ...base, state: "ready", active: true }));
  const list = cache.getQueryData(modelsQuery.queryKey);
  expect(list?.active).toBe("base");
  expect(list?.items.map(({ active }) => active)).toEqual([false, true]);
});

function statusIn(cache: ReturnType<typeof createQueryClient>) {
  return cache.getQueryData(statusQuery.queryKey);
}

const news = {
  job_id: "training1",
  state: "running",
  phase: "training",
  phase_done: 41,
  phase_total: 200,
  progress: 0.205,
  current_step: 41,
  total_steps: 200,
  current_epoch: 2.2,
  current_loss: 0.2,
  validation_loss: null,
  eta_seconds: 230,
} as const;

test("a training's news reach its status without asking the server", () => {
  const calls = fakeServer({});
  const cache = createQueryClient();
  cache.setQueryData(statusQuery.queryKey, sampleStatus());
  applyNews(cache, "training", { ...news, note: "A row was left out." });
  expect(statusIn(cache)).toMatchObject({
    current_step: 41,
    progress: 0.205,
    // Null means: as it was.
    validation_loss: 0.19,
    notes: ["A row was left out."],
  });
  expect(cache.getQueryState(statusQuery.queryKey)?.isInvalidated).toBe(false);
  expect(calls).toEqual([]);
});

test("a checkpoint, a new phase and an unknown training make it ask", () => {
  for (const change of [
    { validation_loss: 0.18 },
    { grid_step: 60 },
    { phase: "evaluating" as const },
    { job_id: "training2" },
  ]) {
    const cache = createQueryClient();
    cache.setQueryData(statusQuery.queryKey, sampleStatus());
    applyNews(cache, "training", { ...news, ...change });
    expect(cache.getQueryState(statusQuery.queryKey)?.isInvalidated).toBe(true);
  }
});

test("a training is no card in the feed", async () => {
  const training = { ...sampleJob({ id: "training1", kind: "retrain" }), request: null };
  const calls = fakeServer({ "GET /api/jobs/training1": training });
  const cache = createQueryClient();
  applyNews(cache, "snapshot", { jobs: [training], models: [] });
  applyNews(cache, "job", { job_id: "training1", state: "running" });
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(jobsIn(cache)).toEqual([]);
});

// Jobs that draw: submit, list, cancel. The event stream keeps the list current; see events.ts.
// Trainings are jobs too, but are looked after in retrain.ts.
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { AnyJob, EditsBody, GenerateBody, Job, JobState, VariationsBody } from "./types";

const asynchronous = { Prefer: "respond-async" };

export function isFinal(state: JobState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

export function draws(job: AnyJob): job is Job {
  return job.request !== null;
}

/** The answer to a request for pictures, which is a job that draws. */
async function drawing(call: Promise<AnyJob>): Promise<Job> {
  const job = await call;
  if (!draws(job)) throw new Error(`job ${job.id} has no request`);
  return job;
}

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: async ({ signal, client: cache }): Promise<Job[]> => {
    const query = { limit: 50, kind: "generate,variations,edits", batch: "none" };
    const page = await unwrap(client.GET("/api/jobs", { params: { query }, signal }));
    const items = page.items.filter(draws);
    // Jobs that still wait but are older than this page of the history stay in view.
    const listed = new Set(items.map((job) => job.id));
    const older = (cache.getQueryData<Job[]>(["jobs"]) ?? []).filter(
      (job) => !listed.has(job.id) && !isFinal(job.state),
    );
    return [...items, ...older];
  },
});

export function useJobs() {
  return useQuery(jobsQuery);
}

export function findJob(cache: QueryClient, id: string): Job | undefined {
  return cache.getQueryData(jobsQuery.queryKey)?.find((job) => job.id === id);
}

export function fetchJob(id: string): Promise<AnyJob> {
  return unwrap(client.GET("/api/jobs/{job_id}", { params: { path: { job_id: id } } }));
}

export function patchJob(cache: QueryClient, id: string, change: Partial<Job>): void {
  const known = findJob(cache, id);
  if (known) rememberJob(cache, { ...known, ...change });
}

/** Puts a job that draws and was asked for singly in the cached list: in its place, else first. */
export function rememberJob(cache: QueryClient, job: AnyJob): void {
  // Those of a batch are seen there, by the hundred.
  if (!draws(job) || job.batch_id !== null) return;
  cache.setQueryData(jobsQuery.queryKey, (jobs = []) => {
    const known = jobs.find((other) => other.id === job.id);
    // A late "running" must not wake a job that has already ended.
    if (known && isFinal(known.state) && !isFinal(job.state)) return jobs;
    return known ? jobs.map((other) => (other === known ? job : other)) : [job, ...jobs];
  });
}

export function useGenerate() {
  const cache = useQueryClient();
  return useMutation({
    // The same key on a retry of the same click draws once.
    mutationFn: ({ body, key }: { body: GenerateBody; key: string }) =>
      drawing(
        unwrap(
          client.POST("/api/generate", {
            body,
            headers: { ...asynchronous, "Idempotency-Key": key },
          }),
        ),
      ),
    onSuccess: (job) => {
      rememberJob(cache, job);
      cache.invalidateQueries({ queryKey: ["prompts"] });
    },
  });
}

export function useVariations() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: VariationsBody) =>
      drawing(unwrap(client.POST("/api/variations", { body, headers: asynchronous }))),
    onSuccess: (job) => rememberJob(cache, job),
  });
}

/** Variations that a form asks for: tried again with the same key they are drawn once. */
export function useImageToImage() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: VariationsBody; key: string }) =>
      drawing(
        unwrap(
          client.POST("/api/variations", {
            body,
            headers: { ...asynchronous, "Idempotency-Key": key },
          }),
        ),
      ),
    onSuccess: (job) => rememberJob(cache, job),
  });
}

export function useEdits() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: EditsBody; key: string }) =>
      drawing(
        unwrap(
          client.POST("/api/edits", {
            body,
            headers: { ...asynchronous, "Idempotency-Key": key },
          }),
        ),
      ),
    onSuccess: (job) => rememberJob(cache, job),
  });
}

export function useCancelJob() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.DELETE("/api/jobs/{job_id}", { params: { path: { job_id: id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: jobsQuery.queryKey }),
  });
}

// Jobs: submit, list, cancel. The event stream keeps the list current; see events.ts.
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { GenerateBody, Job, JobState, VariationsBody } from "./types";

const asynchronous = { Prefer: "respond-async" };

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: async ({ signal }) => {
    const list = await unwrap(client.GET("/api/jobs", { signal }));
    return { items: list.items };
  },
});

export function useJobs() {
  return useQuery(jobsQuery);
}

export function isFinal(state: JobState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

/** Puts `job` in the cached list: in its place if known, else first. */
export function rememberJob(cache: QueryClient, job: Job): void {
  cache.setQueryData(jobsQuery.queryKey, (list) => {
    const items = list?.items ?? [];
    const known = items.find((other) => other.id === job.id);
    // A late "running" must not wake a job that has already ended.
    if (known && isFinal(known.state) && !isFinal(job.state)) return list;
    return {
      items: known ? items.map((other) => (other === known ? job : other)) : [job, ...items],
    };
  });
}

export function useGenerate() {
  const cache = useQueryClient();
  return useMutation({
    // The same key on a retry of the same click draws once.
    mutationFn: ({ body, key }: { body: GenerateBody; key: string }) =>
      unwrap(
        client.POST("/api/generate", {
          body,
          headers: { ...asynchronous, "Idempotency-Key": key },
        }),
      ),
    onSuccess: (job) => rememberJob(cache, job),
  });
}

export function useVariations() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: VariationsBody) =>
      unwrap(client.POST("/api/variations", { body, headers: asynchronous })),
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

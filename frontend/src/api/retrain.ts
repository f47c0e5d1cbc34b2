// Retraining: what it would learn from, starting, pausing, and how it is going. The event stream
// keeps the status current; see events.ts.
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "./client";
import type { paths } from "./schema";
import type {
  RetrainBody,
  RetrainPreview,
  RetrainState,
  RetrainStatus,
  TrainingNews,
} from "./types";

const keys = { status: ["retrain", "status"] as const, preview: ["retrain", "preview"] as const };

export function isUnderWay(state: RetrainState): boolean {
  return !["idle", "succeeded", "failed", "cancelled"].includes(state);
}

export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: ({ signal }) => unwrap(client.GET("/api/retrain/status", { signal })),
  // Events bring the news; this is for what they don't carry, and for a stream that broke.
  refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.state) ? 10_000 : false),
});

export function useRetrainStatus() {
  return useQuery(statusQuery);
}

/** Asks anew how the training is going, and what a next one would learn from. */
export function askStatus(cache: QueryClient): void {
  void cache.invalidateQueries({ queryKey: keys.status });
  void cache.invalidateQueries({ queryKey: keys.preview });
}

/** Merges news into the cached status; asks anew for what news don't carry: curves and samples. */
export function patchStatus(
  cache: QueryClient,
  jobId: string,
  { note, grid_step, ...news }: Omit<TrainingNews, "job_id">,
): void {
  const known = cache.getQueryData(statusQuery.queryKey);
  if (known?.job_id !== jobId) {
    askStatus(cache);
    return;
  }
  const fresh = Object.entries(news).filter(([, value]) => value !== null);
  const notes = note && !known.notes.includes(note) ? [...known.notes, note] : known.notes;
  const next: RetrainStatus = { ...known, ...Object.fromEntries(fresh), notes };
  next.eta_seconds = news.eta_seconds;
  cache.setQueryData(statusQuery.queryKey, next);
  const checkpoint = next.validation_loss !== known.validation_loss || grid_step != null;
  if (checkpoint || next.state !== known.state || next.phase !== known.phase) askStatus(cache);
}

/** What a preview depends on. */
export type Lesson = Omit<
  NonNullable<paths["/api/retrain/preview"]["get"]["parameters"]["query"]>,
  "cursor" | "limit"
>;

const measureAgainMs = 2000;

/** What would be learnt from, with as many of the examples as were asked for. */
export function usePreview(lesson: Lesson, enabled: boolean) {
  const query = useInfiniteQuery({
    queryKey: [...keys.preview, lesson],
    queryFn: ({ pageParam, signal }) => {
      const params = { query: { ...lesson, ...(pageParam && { cursor: pageParam }) } };
      return unwrap(client.GET("/api/retrain/preview", { params, signal }));
    },
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.estimate?.state === "measuring" ? measureAgainMs : false,
  });
  const { data } = query;
  const preview = useMemo((): RetrainPreview | undefined => {
    const [first, ...rest] = data?.pages ?? [];
    if (!first) return undefined;
    return { ...first, examples: [first, ...rest].flatMap((page) => page.examples) };
  }, [data]);
  return { ...query, preview };
}

export function useStartRetraining() {
  const cache = useQueryClient();
  return useMutation({
    // The same key on a retry of the same click starts one training.
    mutationFn: ({ body, key }: { body: RetrainBody; key: string }) =>
      unwrap(client.POST("/api/retrain", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: statusQuery.queryKey }),
  });
}

function useStatusCall(call: () => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSettled: () => cache.invalidateQueries({ queryKey: statusQuery.queryKey }),
  });
}

export function usePause() {
  return useStatusCall(() => unwrap(client.POST("/api/retrain/pause")));
}

/** The paused training goes on, or the one that stopped last. */
export function useResume() {
  return useStatusCall(() => unwrap(client.POST("/api/retrain/resume")));
}

export function useCancelRetraining(jobId: string) {
  return useStatusCall(() =>
    unwrap(client.DELETE("/api/jobs/{job_id}", { params: { path: { job_id: jobId } } })),
  );
}

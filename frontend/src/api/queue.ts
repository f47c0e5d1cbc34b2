// What is drawn next, in which order; pausing, reordering, clearing.
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { batchKeys } from "./batches";
import { client, unwrap } from "./client";
import { jobsQuery } from "./jobs";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Queue = Schemas["QueueOut"];
export type QueueEntry = Schemas["QueueEntry"];
export type QueueMove = Schemas["QueueMove"];

const queueKey = ["queue"] as const;
const restSeconds = 1;

export function useQueue() {
  return useQuery({
    queryKey: queueKey,
    queryFn: ({ signal }) => unwrap(client.GET("/api/queue", { signal })),
  });
}

const asking = new WeakSet<QueryClient>();

/** Something of the queue or of a batch changed: look again, at most once a second. */
export function askQueue(cache: QueryClient): void {
  if (asking.has(cache)) return;
  asking.add(cache);
  setTimeout(() => {
    asking.delete(cache);
    cache.invalidateQueries({ queryKey: queueKey });
    cache.invalidateQueries({ queryKey: batchKeys.all });
  }, restSeconds * 1000);
}

function useQueueChange<Body>(call: (body: Body) => Promise<Queue>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: (queue) => {
      cache.setQueryData(queueKey, queue);
      cache.invalidateQueries({ queryKey: jobsQuery.queryKey });
      cache.invalidateQueries({ queryKey: batchKeys.all });
    },
    // What was seen isn't how it is any more.
    onError: () => cache.invalidateQueries({ queryKey: queueKey }),
  });
}

export function usePauseQueue() {
  return useQueueChange((paused: boolean) =>
    unwrap(client.PATCH("/api/queue", { body: { paused } })),
  );
}

export function useMoveInQueue() {
  return useQueueChange((body: QueueMove) => unwrap(client.POST("/api/queue/moves", { body })));
}

export function useClearQueue() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.DELETE("/api/queue")),
    onSettled: () => {
      cache.invalidateQueries({ queryKey: queueKey });
      cache.invalidateQueries({ queryKey: jobsQuery.queryKey });
      cache.invalidateQueries({ queryKey: batchKeys.all });
    },
  });
}

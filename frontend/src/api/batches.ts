// Batches: many prompts or a grid in one request, and how far they are. The event stream says when
// to look again; the numbers themselves come from the server.
import {
  keepPreviousData,
  type QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Batch = Schemas["BatchOut"];
export type BatchBody = Schemas["BatchRequest"];
export type BatchDefaults = NonNullable<BatchBody["defaults"]>;
export type BatchPreview = Schemas["BatchPreview"];
export type GridBody = Schemas["GridRequest"];
export type AxisParameter = GridBody["x"]["parameter"];

export const batchKeys = { all: ["batches"] as const };

/** While something is under way the stream's news may be lost; this is how often one looks anyway. */
const lookAgain = 5000;

const isOver = (batch: Batch | undefined) => batch?.state === "finished";

export function useBatches() {
  return useQuery({
    queryKey: [...batchKeys.all, "list"],
    queryFn: ({ signal }) => unwrap(client.GET("/api/batches", { signal })),
    select: ({ items }) => items,
    refetchInterval: (query) =>
      query.state.data?.items.every(isOver) === false ? lookAgain : false,
  });
}

export function useBatch(id: string) {
  return useQuery({
    queryKey: [...batchKeys.all, id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/batches/{batch_id}", { params: { path: { batch_id: id } }, signal })),
    refetchInterval: (query) => (isOver(query.state.data) ? false : lookAgain),
  });
}

/** Some of a batch's jobs, in the order of its rows. */
export function useBatchJobs(
  id: string,
  query: { offset?: number; limit?: number; failed?: boolean },
) {
  return useQuery({
    queryKey: [...batchKeys.all, id, "jobs", query],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/batches/{batch_id}/jobs", {
          params: { path: { batch_id: id }, query },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** What a table of prompts would draw, and what is wrong in it; asked anew for every text. */
export function useBatchPreview(body: BatchBody, enabled: boolean) {
  return useQuery({
    queryKey: ["batch-preview", body],
    queryFn: ({ signal }) => unwrap(client.POST("/api/batches/preview", { body, signal })),
    enabled,
    retry: false,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

function remember(cache: QueryClient, batch: Batch): void {
  cache.setQueryData([...batchKeys.all, batch.id], batch);
  cache.invalidateQueries({ queryKey: batchKeys.all });
}

export function useStartBatch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: BatchBody; key: string }) =>
      unwrap(client.POST("/api/batches", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: (batch) => remember(cache, batch),
  });
}

export function useStartGrid() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: GridBody; key: string }) =>
      unwrap(client.POST("/api/grids", { body, headers: { "Idempotency-Key": key } })),
    onSuccess: (batch) => remember(cache, batch),
  });
}

export function usePauseBatch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, paused }: { id: string; paused: boolean }) =>
      unwrap(
        client.PATCH("/api/batches/{batch_id}", {
          params: { path: { batch_id: id } },
          body: { paused },
        }),
      ),
    onSuccess: (batch) => remember(cache, batch),
  });
}

export function useCancelBatch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.DELETE("/api/batches/{batch_id}", { params: { path: { batch_id: id } } })),
    onSuccess: (batch) => remember(cache, batch),
  });
}

export const sheetUrl = (id: string) => `/api/grids/${id}/sheet`;

// The models that can draw: list, activate, download.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { Model } from "./types";

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/models", { signal })),
});

export function useModels() {
  return useQuery(modelsQuery);
}

/** The model that draws when a request names none; `undefined` while unknown. */
export function useActiveModel(): Model | undefined {
  const { data } = useModels();
  return data?.items.find((model) => model.active);
}

function useModelCall(call: (name: string) => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSettled: () => cache.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
}

export function useActivateModel() {
  return useModelCall((name) =>
    unwrap(client.POST("/api/models/{name}/activate", { params: { path: { name } } })),
  );
}

export function useStartDownload() {
  return useModelCall((name) =>
    unwrap(client.POST("/api/models/{name}/download", { params: { path: { name } } })),
  );
}

export function useStopDownload() {
  return useModelCall((name) =>
    unwrap(client.DELETE("/api/models/{name}/download", { params: { path: { name } } })),
  );
}

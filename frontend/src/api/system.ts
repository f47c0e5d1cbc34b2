// What the studio runs on, and whether it can draw yet.
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { System } from "./types";

export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/system", { signal })),
});

export function useSystem() {
  return useQuery(systemQuery);
}

export function patchWorker(cache: QueryClient, change: Partial<System["worker"]>): void {
  cache.setQueryData(systemQuery.queryKey, (system) =>
    system ? { ...system, worker: { ...system.worker, ...change } } : system,
  );
}

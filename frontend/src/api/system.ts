// What the studio runs on, and whether it can draw yet.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";

export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/system", { signal })),
});

export function useSystem() {
  return useQuery(systemQuery);
}

const askAgainMs = 2000;

/** What the worker is busy with before it can draw ("Loading …"); `null` once it can. */
export function useWorkerDelay(interested: boolean): string | null {
  const { data } = useQuery({
    ...systemQuery,
    enabled: interested,
    staleTime: askAgainMs,
    refetchInterval: ({ state }) => (state.data?.worker.ready ? false : askAgainMs),
  });
  return interested && data && !data.worker.ready ? data.worker.detail : null;
}

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
const lookAgainMs = 15_000;

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

/** For how many seconds a network has been compiled for this machine; `null` when none is. */
export function useWarmUp(): number | null {
  const { data } = useQuery({
    ...systemQuery,
    staleTime: askAgainMs,
    refetchInterval: ({ state }) => (state.data?.worker.warm_up ? askAgainMs : lookAgainMs),
  });
  return data?.worker.warm_up?.seconds ?? null;
}

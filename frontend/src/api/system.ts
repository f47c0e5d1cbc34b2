// What the studio runs on.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";

export function useSystem() {
  return useQuery({
    queryKey: ["system"],
    queryFn: ({ signal }) => unwrap(client.GET("/api/system", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

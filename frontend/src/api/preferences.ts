// Which of several pictures of one prompt was preferred to the others.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { tasteQuery } from "./feedback";

export const setQueries = ["preferences", "next"] as const;

/** A set of pictures to choose from, none of them among `seen`. */
export function setQuery(seen: readonly number[]) {
  return queryOptions({
    queryKey: [...setQueries, seen],
    queryFn: ({ signal }) => {
      const query = seen.length > 0 ? { exclude: seen.join(",") } : {};
      return unwrap(client.GET("/api/preferences/next", { params: { query }, signal }));
    },
    staleTime: "static",
    gcTime: 0,
  });
}

export function useNextSet(seen: readonly number[]) {
  return useQuery(setQuery(seen));
}

type Choice = { preferred: number; rejected: number[] };

export function usePrefer() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ preferred, rejected }: Choice) =>
      unwrap(
        client.POST("/api/preferences", {
          body: { preferred_id: preferred, rejected_ids: rejected },
        }),
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: tasteQuery.queryKey }),
  });
}

/** Takes a choice back, with every pair that it recorded. */
export function useTakeBack() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (choice: string) =>
      unwrap(client.DELETE("/api/preferences/{choice}", { params: { path: { choice } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: tasteQuery.queryKey }),
  });
}

// Single pictures and the newest ones.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";

export const imageKeys = {
  all: ["images"] as const,
  detail: (id: number) => ["images", "detail", id] as const,
  recent: (limit: number) => ["images", "recent", limit] as const,
};

export function imageQuery(id: number) {
  return queryOptions({
    queryKey: imageKeys.detail(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/images/{image_id}", { params: { path: { image_id: id } }, signal })),
  });
}

export function useImage(id: number) {
  return useQuery(imageQuery(id));
}

export function useRecentImages(limit: number) {
  return useQuery({
    queryKey: imageKeys.recent(limit),
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/images", { params: { query: { limit } }, signal })),
  });
}

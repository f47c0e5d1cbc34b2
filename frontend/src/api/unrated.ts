// The pictures that wait for a rating, newest first. A visit keeps its own list: what gets rated on
// the way doesn't move the others about.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "./client";

const pageSize = 30;

export function useUnrated() {
  const list = useInfiniteQuery({
    queryKey: ["unrated"],
    queryFn: ({ pageParam, signal }) => {
      const more = pageParam === null ? { include: "total" } : { cursor: pageParam };
      const query = { feedback: 0 as const, limit: pageSize, ...more };
      return unwrap(client.GET("/api/images", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: "static",
    gcTime: 0,
  });
  const images = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  return { ...list, images, total: list.data?.pages[0]?.total ?? images.length };
}

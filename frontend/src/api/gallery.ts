// The gallery: keyset pages for endless scrolling, what is new on top, and the pictures beside one.
import {
  type InfiniteData,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type { GalleryQuery } from "@/utils/galleryFilters";
import { client, unwrap } from "./client";
import { imageKeys } from "./images";
import type { paths } from "./schema";
import type { Image } from "./types";

type ListQuery = NonNullable<paths["/api/images"]["get"]["parameters"]["query"]>;
type Page = { items: Image[]; next_cursor: string | null; total?: number | null };

const pageSize = 100;
const halfAnHour = 30 * 60_000;

function fetchPage(query: GalleryQuery, cursor: string | null, signal: AbortSignal): Promise<Page> {
  const params = { ...query, limit: pageSize, ...(cursor ? { cursor } : { include: "total" }) };
  // Numbers stay text on their way from the address bar: a seed may be too large for JavaScript.
  return unwrap(client.GET("/api/images", { params: { query: params as ListQuery }, signal }));
}

/** What is at the top of `head` and not yet in the list; `null` when the two have nothing in common. */
export function freshOnTop(head: readonly Image[], known: ReadonlySet<number>): Image[] | null {
  const firstKnown = head.findIndex((image) => known.has(image.id));
  if (firstKnown < 0) return head.length > 0 ? null : [];
  return head.slice(0, firstKnown);
}

/**
 * The pictures of `query`, page by page. `entry` names the visit (the history entry): going back
 * shows the list as it was left, a new visit asks anew.
 */
export function useGallery(query: GalleryQuery, entry: string) {
  const cache = useQueryClient();
  const key = ["gallery", query, entry] as const;
  const headKey = imageKeys.head(query);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam, signal }) => {
      const page = await fetchPage(query, pageParam, signal);
      if (pageParam === null) cache.setQueryData(headKey, page);
      return page;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Refetching means every page again; what is new comes through the head instead.
    staleTime: "static",
    gcTime: halfAnHour,
    placeholderData: keepPreviousData,
  });
  const head = useQuery({
    queryKey: headKey,
    queryFn: ({ signal }) => fetchPage(query, null, signal),
    enabled: list.isSuccess && !list.isPlaceholderData,
    placeholderData: keepPreviousData,
  });

  const images = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const known = useMemo(() => new Set(images.map((image) => image.id)), [images]);
  const newestFirst = (query.sort ?? "newest") === "newest";
  const fresh = useMemo(() => {
    const comparable = head.data && newestFirst && !head.isPlaceholderData;
    return comparable ? freshOnTop(head.data.items, known) : [];
  }, [head.data, head.isPlaceholderData, known, newestFirst]);

  /** Puts what is new on top of the list, or starts over when too much is new. */
  function takeFresh(): void {
    if (fresh === null) {
      void cache.resetQueries({ queryKey: key, exact: true });
      return;
    }
    cache.setQueryData<InfiniteData<Page>>(key, (data) => {
      const [first, ...rest] = data?.pages ?? [];
      if (!data || !first) return data;
      return { ...data, pages: [{ ...first, items: [...fresh, ...first.items] }, ...rest] };
    });
  }

  return { ...list, images, total: head.data?.total ?? undefined, fresh, takeFresh };
}

/** Ids of the pictures before and after `id` in the gallery of `query`. */
export function neighboursQuery(id: number, query: GalleryQuery) {
  return queryOptions({
    queryKey: imageKeys.neighbours(id, query),
    queryFn: ({ signal }) => {
      const params = { path: { image_id: id }, query: query as ListQuery };
      return unwrap(client.GET("/api/images/{image_id}/neighbours", { params, signal }));
    },
  });
}

export function useNeighbours(id: number, query: GalleryQuery) {
  return useQuery(neighboursQuery(id, query));
}

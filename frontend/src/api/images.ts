// Single pictures: read, change, trash, delete for ever; and the newest ones.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { GalleryQuery } from "@/utils/galleryFilters";
import { client, unwrap } from "./client";
import { changingField, dropImages } from "./patch";

/** Most ids that one request may change. */
const changeAtOnce = 500;

export const imageKeys = {
  all: ["images"] as const,
  counts: ["images", "counts"] as const,
  detail: (id: number) => ["images", "detail", id] as const,
  recent: (limit: number) => ["images", "recent", limit] as const,
  head: (query: GalleryQuery) => ["images", "head", query] as const,
  neighbours: (id: number, query: GalleryQuery) => ["images", "neighbours", id, query] as const,
  variations: (id: number) => ["images", "variations", id] as const,
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

/** The first pictures that were varied from `id`, in the order they were made. */
export function useVariationsOf(id: number) {
  return useQuery({
    queryKey: imageKeys.variations(id),
    queryFn: ({ signal }) => {
      const query = { parent_id: id, sort: "oldest" as const, limit: 60, include: "total" };
      return unwrap(client.GET("/api/images", { params: { query }, signal }));
    },
  });
}

export function useImageCounts() {
  return useQuery({
    queryKey: imageKeys.counts,
    queryFn: ({ signal }) => unwrap(client.GET("/api/images/counts", { signal })),
  });
}

type Change = { id: number; title?: string; tags?: string[] };

const titles = changingField("title");
const tags = changingField("tags");

export function useChangeImage() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: Change) =>
      unwrap(client.PATCH("/api/images/{image_id}", { params: { path: { image_id: id } }, body })),
    onSuccess: (image, change) => {
      if (change.title !== undefined) titles.saved(cache, [image.id], image.title);
      if (change.tags !== undefined) tags.saved(cache, [image.id], image.tags);
    },
  });
}

async function setDeleted(ids: readonly number[], deleted: boolean): Promise<void> {
  for (let start = 0; start < ids.length; start += changeAtOnce) {
    const body = { ids: ids.slice(start, start + changeAtOnce), deleted };
    await unwrap(client.PATCH("/api/images", { body }));
  }
}

const trash = changingField("deleted_at");

/** To the trash or back: shown at once, undone if the server refuses. */
export function useSetDeleted() {
  const cache = useQueryClient();
  const show = (ids: readonly number[], deleted: boolean) =>
    trash.show(cache, ids, deleted ? new Date().toISOString() : null);
  return useMutation({
    mutationFn: ({ ids, deleted }: { ids: readonly number[]; deleted: boolean }) =>
      setDeleted(ids, deleted),
    onMutate: ({ ids, deleted }) => show(ids, deleted),
    onError: (_error, { ids, deleted }) => show(ids, !deleted),
    onSettled: (_answer, _error, { ids }) => {
      trash.showAgain(cache, ids);
      return cache.invalidateQueries({ queryKey: imageKeys.all });
    },
  });
}

/** Out of the trash and gone for ever, file and all. */
export function useDeleteForEver() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly number[]) => {
      const query = { permanent: true };
      for (const id of ids) {
        const path = { image_id: id };
        await unwrap(client.DELETE("/api/images/{image_id}", { params: { path, query } }));
        dropImages(cache, [id]);
      }
    },
    onSettled: () => cache.invalidateQueries({ queryKey: imageKeys.all }),
  });
}

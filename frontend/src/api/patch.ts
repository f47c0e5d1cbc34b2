// Replaces records wherever the cache holds them: lists, infinite pages, details, a job's results.
import type { QueryClient } from "@tanstack/react-query";
import type { Image } from "./types";

const roots = ["images", "gallery", "jobs"];

type Edit = (image: Image) => Image | null;

function isImage(value: object): value is Image {
  return "image_url" in value && "id" in value;
}

/** `data` with every image in it edited, and without those that the edit answers with `null`. */
function replace(data: unknown, edit: Edit): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (isImage(data)) return edit(data);
  if (Array.isArray(data)) {
    const next = data.map((item) => replace(item, edit));
    const same = next.every((item, index) => item === data[index]);
    return same ? data : next.filter((item, index) => item !== null || data[index] === null);
  }
  const entries = Object.entries(data).map(([key, value]) => [key, replace(value, edit)]);
  const same = entries.every(([key, value]) => value === data[key as keyof typeof data]);
  return same ? data : Object.fromEntries(entries);
}

function replaceAll(cache: QueryClient, edit: Edit): void {
  for (const root of roots) {
    cache.setQueriesData({ queryKey: [root] }, (data: unknown) => {
      const next = replace(data, edit);
      return next === null ? data : next;
    });
  }
}

/** Merges `change` into the images `ids` in every cached answer that contains them. */
export function patchImages(
  cache: QueryClient,
  ids: readonly number[],
  change: Partial<Image>,
): void {
  const wanted = new Set(ids);
  replaceAll(cache, (image) => (wanted.has(image.id) ? { ...image, ...change } : image));
}

/** Merges `change` into image `id` in every cached answer that contains it. */
export function patchImage(cache: QueryClient, id: number, change: Partial<Image>): void {
  patchImages(cache, [id], change);
}

/** Takes the images `ids` out of every cached list; they are gone for ever. */
export function dropImages(cache: QueryClient, ids: readonly number[]): void {
  const gone = new Set(ids);
  replaceAll(cache, (image) => (gone.has(image.id) ? null : image));
}

/**
 * Does `again` now and whenever an answer arrives that is on its way now. An answer that left the
 * server before a change reached it doesn't know of the change, and would take it off the screen.
 */
export function againAfterArrivals(cache: QueryClient, again: () => void): void {
  again();
  for (const query of cache.getQueryCache().findAll({ fetchStatus: "fetching" })) {
    query.promise?.then(again, () => undefined);
  }
}

// Replaces one record wherever the cache holds it: lists, infinite pages, details, a job's results.
import type { QueryClient } from "@tanstack/react-query";
import type { Image } from "./types";

function isImage(value: object, id: number): boolean {
  return "image_url" in value && "id" in value && value.id === id;
}

/** A copy of `data` with every object matched by `match` merged with `change`; `data` itself if none is. */
function replace(data: unknown, match: (value: object) => boolean, change: object): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (match(data)) return { ...data, ...change };
  if (Array.isArray(data)) {
    const next = data.map((item) => replace(item, match, change));
    return next.some((item, index) => item !== data[index]) ? next : data;
  }
  const entries = Object.entries(data).map(([key, value]) => [key, replace(value, match, change)]);
  const same = entries.every(([key, value]) => value === data[key as keyof typeof data]);
  return same ? data : Object.fromEntries(entries);
}

/** Merges `change` into image `id` in every cached answer that contains it. */
export function patchImage(cache: QueryClient, id: number, change: Partial<Image>): void {
  const match = (value: object) => isImage(value, id);
  for (const root of ["images", "jobs"]) {
    cache.setQueriesData({ queryKey: [root] }, (data: unknown) => replace(data, match, change));
  }
}

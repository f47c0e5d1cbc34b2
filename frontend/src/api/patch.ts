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

/** Takes the images `ids` out of every cached list; they are gone for ever. */
export function dropImages(cache: QueryClient, ids: readonly number[]): void {
  const gone = new Set(ids);
  replaceAll(cache, (image) => (gone.has(image.id) ? null : image));
}

/**
 * A field of images that this page changes: shown at once, and kept on screen. An answer that left
 * the server before a change reached it doesn't know of it, and would take it off the screen.
 */
export function changingField<Name extends keyof Image>(name: Name) {
  const newest = new Map<number, Image[Name]>();

  function show(cache: QueryClient, ids: readonly number[], value: Image[Name]): void {
    for (const id of ids) newest.set(id, value);
    patchImages(cache, ids, { [name]: value } as Pick<Image, Name>);
  }

  /** Shows saved changes again, now and when what is on its way now has arrived. */
  function showAgain(cache: QueryClient, ids: readonly number[]): void {
    const wanted = new Set(ids);
    const again = () =>
      replaceAll(cache, (image) =>
        wanted.has(image.id) && newest.has(image.id)
          ? { ...image, [name]: newest.get(image.id) }
          : image,
      );
    again();
    for (const query of cache.getQueryCache().findAll({ fetchStatus: "fetching" })) {
      query.promise?.then(again, () => undefined);
    }
  }

  /** Shows what is saved already. */
  function saved(cache: QueryClient, ids: readonly number[], value: Image[Name]): void {
    show(cache, ids, value);
    showAgain(cache, ids);
  }

  return { show, showAgain, saved };
}

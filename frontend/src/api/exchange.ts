// Pictures with their settings, in and out: reading infotext, importing files, exporting zips.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { GalleryQuery } from "@/utils/galleryFilters";
import { client, unwrap } from "./client";
import { imageKeys } from "./images";
import type { components } from "./schema";

export type Infotext = components["schemas"]["InfotextOut"];
export type RecoveredSettings = NonNullable<Infotext["settings"]>;
export type ImportedFile = components["schemas"]["ImportedFile"];

/** A picture to import: its path within what was chosen, and its line of a metadata.jsonl. */
export type Candidate = { name: string; file: File; line?: string };

/** What a picture file says of how it was made. */
export function useInfotext() {
  return useMutation({
    mutationFn: (file: File): Promise<Infotext> => {
      const form = new FormData();
      form.append("image", file);
      // The document describes a file as text; a form carries it as it is.
      const body = form as unknown as { image: string };
      return unwrap(client.POST("/api/infotext", { body, bodySerializer: () => form }));
    },
  });
}

/** Takes some files into the gallery, together in one request. */
export async function importFiles(some: readonly Candidate[]): Promise<ImportedFile[]> {
  const form = new FormData();
  for (const { name, file } of some) form.append("files", file, name);
  const lines = some.flatMap(({ line }) => line ?? []);
  if (lines.length > 0) form.append("metadata", lines.join("\n"));
  const body = form as unknown as { files: string[]; metadata: string };
  const call = client.POST("/api/images/import", { body, bodySerializer: () => form });
  return (await unwrap(call)).items;
}

/** Says that pictures were added by other means than drawing. */
export function useRefreshImages() {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: imageKeys.all });
}

/** Where the pictures of a gallery query are served as a zip. */
export function exportUrl(query: GalleryQuery): string {
  const search = new URLSearchParams(query).toString();
  return search ? `/api/images/export?${search}` : "/api/images/export";
}

/** Where chosen pictures are served as a zip, to a form with their `ids`. */
export const exportAction = "/api/images/export";

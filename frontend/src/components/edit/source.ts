// The picture that is edited: one of the gallery, or a file that was given to the page.
import { useEffect, useState } from "react";
import type { Image } from "@/api/types";
import { type GivenPicture, measure } from "@/components/picture/given";
import { describe } from "@/components/picture/Picture";
import { createKeptStore } from "@/utils/keptStore";
import type { Size } from "./mask";

export type Source = {
  /** Tells this picture's work and prompt from those of others. */
  key: string;
  name: string;
  src: string;
  size: Size;
} & ({ image: Image; file?: undefined } | { image?: undefined; file: Blob });

/** The file that was given last; it outlives a reload. */
export const givenToEdit = createKeptStore<GivenPicture | null>("edit given", null);

export function sourceOfImage(image: Image): Source {
  const { width, height } = image;
  const key = `image ${image.id}`;
  return { key, name: describe(image), src: image.image_url, size: { width, height }, image };
}

/** The source of a given file, once the browser has looked at it; `failed` when it can't. */
export function useGivenSource(given: GivenPicture | null): Source | "failed" | null {
  const [source, setSource] = useState<Source | "failed" | null>(null);
  useEffect(() => {
    setSource(null);
    if (!given) return;
    const { key, name, file } = given;
    const src = URL.createObjectURL(file);
    let gone = false;
    measure(src).then(
      (size) => {
        if (!gone) setSource({ key: `given ${key}`, name, src, size, file });
      },
      () => {
        if (!gone) setSource("failed");
      },
    );
    return () => {
      gone = true;
      URL.revokeObjectURL(src);
    };
  }, [given]);
  return source;
}

// A picture file that somebody gave to the page, as opposed to one of the gallery.
import { uniqueKey } from "@/utils/id";

export type GivenPicture = { key: string; name: string; file: Blob };

export function given(file: File): GivenPicture {
  return { key: uniqueKey(), name: file.name || "A picture", file };
}

export type Size = { width: number; height: number };

/** Width and height as the browser shows it, turned the way its camera was held. */
export function measure(url: string): Promise<Size> {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => failed(new Error("the browser can't show this picture"));
    image.src = url;
  });
}

// The picture as it was, in the size it was extended to, so that both can be laid over each other.
import { useEffect, useState } from "react";
import type { Size } from "./mask";
import { type Extend, isExtended } from "./work";

/** Larger than any screen; the comparison needs no more. */
const mostPixels = 4_000_000;

async function draw(src: string, size: Size, extend: Extend): Promise<Blob | null> {
  const image = new Image();
  image.src = src;
  await image.decode();
  const width = size.width + extend.left + extend.right;
  const height = size.height + extend.top + extend.bottom;
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.fillStyle = "#808080";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const at = [extend.left * scale, extend.top * scale] as const;
  context.drawImage(image, ...at, size.width * scale, size.height * scale);
  return new Promise((done) => canvas.toBlob(done));
}

/** The address of `src`, with grey where `extend` added something. */
export function useFramed(src: string, size: Size, extend: Extend | null): string {
  const [url, setUrl] = useState<string | null>(null);
  const { width, height } = size;
  useEffect(() => {
    setUrl(null);
    if (!extend || !isExtended(extend)) return;
    let gone = false;
    let made: string | null = null;
    draw(src, { width, height }, extend).then(
      (blob) => {
        if (!blob || gone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      // The bare picture is shown instead.
      () => undefined,
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [src, width, height, extend]);
  return url ?? src;
}

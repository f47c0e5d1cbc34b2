// Between bytes and pictures: the mask as it lies over the picture, as a PNG, and from a file.
import { type Mask, maskOfPixels, type Rect, type Size } from "./mask";

/** A colour as the four bytes of a pixel, in the order of this machine. */
function packed(red: number, green: number, blue: number, alpha: number): number {
  return new Uint32Array(new Uint8ClampedArray([red, green, blue, alpha]).buffer)[0] ?? 0;
}

// Stripes of two colours: whatever the picture shows, one of them stands out from it.
const shades = Array.from({ length: 256 }, (_, value) => [
  packed(233, 30, 99, value * 0.66),
  packed(255, 214, 232, value * 0.66),
]) as [number, number][];

/** Draws the part `rect` of the mask, see-through where nothing is redrawn. */
export function tint(canvas: HTMLCanvasElement, mask: Mask, rect: Rect): void {
  const context = canvas.getContext("2d");
  const [width, height] = [rect.right - rect.left, rect.bottom - rect.top];
  if (!context || width <= 0 || height <= 0) return;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const stripe = Math.max(4, Math.round(Math.max(mask.width, mask.height) / 48));
  for (let row = rect.top, at = 0; row < rect.bottom; row += 1) {
    for (let column = rect.left; column < rect.right; column += 1, at += 1) {
      const value = mask.bytes[row * mask.width + column] ?? 0;
      if (value === 0) continue;
      const thin = (row + column) % stripe < stripe * 0.3;
      pixels[at] = shades[value]?.[thin ? 1 : 0] ?? 0;
    }
  }
  context.putImageData(image, rect.left, rect.top);
}

function canvasOf({ width, height }: Size): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser gave no canvas");
  return [canvas, context];
}

/** The mask as a PNG in a data URI: white is redrawn, black is kept. */
export function maskPng(mask: Mask): string {
  const [canvas, context] = canvasOf(mask);
  const image = new ImageData(mask.width, mask.height);
  const pixels = new Uint32Array(image.data.buffer);
  const greys = Array.from({ length: 256 }, (_, value) => packed(value, value, value, 255));
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = greys[mask.bytes[at] ?? 0] ?? 0;
  context.putImageData(image, 0, 0);
  return canvas.toDataURL("image/png");
}

export class WrongMask extends Error {}

/** Proportions that differ by less are rounding. */
const sameShape = 0.01;

/** A mask of the size `wanted` from a picture file. Throws `WrongMask` with a sentence to show. */
export async function readMask(file: Blob, wanted: Size, picture: Size): Promise<Mask> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) throw new WrongMask("This file is no picture that the browser can read.");
  const { width, height } = bitmap;
  if (Math.abs((width / height) * (picture.height / picture.width) - 1) > sameShape) {
    throw new WrongMask(
      `The mask has ${width} × ${height} pixels and the picture ${picture.width} × ` +
        `${picture.height}: their shapes differ. Use a mask of the picture's shape.`,
    );
  }
  const [, context] = canvasOf(wanted);
  context.drawImage(bitmap, 0, 0, wanted.width, wanted.height);
  bitmap.close();
  return maskOfPixels(context.getImageData(0, 0, wanted.width, wanted.height));
}

// A mask as bytes, one per pixel, row by row: 0 keeps the pixel, 255 redraws it. Knows no canvas.

export type Mask = {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
};
export type Point = { x: number; y: number };
export type Size = { width: number; height: number };
/** Whole pixels: left and top are inside, right and bottom are not. */
export type Rect = { left: number; top: number; right: number; bottom: number };

/** Most pixels of a mask; larger pictures get a coarser one of their shape. */
const mostPixels = 4_000_000;

/** The size of the mask for a picture. */
export function maskSize({ width, height }: Size): Size {
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

export function emptyMask({ width, height }: Size): Mask {
  return { width, height, bytes: new Uint8Array(width * height) };
}

export function whole({ width, height }: Size): Rect {
  return { left: 0, top: 0, right: width, bottom: height };
}

export function isEmpty({ left, top, right, bottom }: Rect): boolean {
  return right <= left || bottom <= top;
}

export function union(a: Rect, b: Rect): Rect {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The stretch of x at height `y` inside the circle around `centre`. */
function acrossCircle(centre: Point, radius: number, y: number): [number, number] | null {
  const rest = radius ** 2 - (y - centre.y) ** 2;
  if (rest < 0) return null;
  return [centre.x - Math.sqrt(rest), centre.x + Math.sqrt(rest)];
}

/** The stretch of x at height `y` inside a convex polygon. */
function acrossPolygon(corners: readonly Point[], y: number): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [index, a] of corners.entries()) {
    const b = corners[(index + 1) % corners.length] as Point;
    if (a.y === b.y || y < Math.min(a.y, b.y) || y > Math.max(a.y, b.y)) continue;
    const x = a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y);
    low = Math.min(low, x);
    high = Math.max(high, x);
  }
  return low <= high ? [low, high] : null;
}

/** The band between two parallel sides of a thick line. */
function bandOf(from: Point, to: Point, radius: number): Point[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0) return [];
  const across = {
    x: (-(to.y - from.y) / length) * radius,
    y: ((to.x - from.x) / length) * radius,
  };
  return [
    { x: from.x + across.x, y: from.y + across.y },
    { x: to.x + across.x, y: to.y + across.y },
    { x: to.x - across.x, y: to.y - across.y },
    { x: from.x - across.x, y: from.y - across.y },
  ];
}

/**
 * Sets every pixel whose centre is within `radius` of the line between two points, in pixels of the
 * mask, and tells where something may have changed.
 */
export function paintLine(mask: Mask, from: Point, to: Point, radius: number, value: number): Rect {
  const rows = { top: Math.min(from.y, to.y) - radius, bottom: Math.max(from.y, to.y) + radius };
  const top = Math.max(0, Math.ceil(rows.top - 0.5));
  const bottom = Math.min(mask.height, Math.floor(rows.bottom - 0.5) + 1);
  const band = bandOf(from, to, radius);
  let touched: Rect = { left: 0, top: 0, right: 0, bottom: 0 };
  for (let row = top; row < bottom; row += 1) {
    const y = row + 0.5;
    const stretches = [
      acrossCircle(from, radius, y),
      acrossCircle(to, radius, y),
      acrossPolygon(band, y),
    ].filter((stretch) => stretch !== null);
    // A thick line is convex: what lies between its parts belongs to it.
    const low = Math.min(...stretches.map(([start]) => start));
    const high = Math.max(...stretches.map(([, end]) => end));
    const left = Math.max(0, Math.ceil(low - 0.5));
    const right = Math.min(mask.width, Math.floor(high - 0.5) + 1);
    if (left >= right) continue;
    mask.bytes.fill(value, row * mask.width + left, row * mask.width + right);
    touched = union(touched, { left, top: row, right, bottom: row + 1 });
  }
  return touched;
}

/** Keeps what was redrawn and the other way round. */
export function invert({ bytes }: Mask): void {
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = 255 - (bytes[index] ?? 0);
}

/** How much of the picture is redrawn, 0 to 1. */
export function coverage({ bytes }: Mask): number {
  let sum = 0;
  for (const value of bytes) sum += value;
  return bytes.length > 0 ? sum / (255 * bytes.length) : 0;
}

/** The bytes inside `rect`, row by row. */
export function cut({ width, bytes }: Mask, rect: Rect): Uint8Array<ArrayBuffer> {
  const across = rect.right - rect.left;
  const part = new Uint8Array(across * (rect.bottom - rect.top));
  for (let row = rect.top; row < rect.bottom; row += 1) {
    const start = row * width + rect.left;
    part.set(bytes.subarray(start, start + across), (row - rect.top) * across);
  }
  return part;
}

/** Puts back what `cut` gave. */
export function paste({ width, bytes }: Mask, rect: Rect, part: Uint8Array): void {
  const across = rect.right - rect.left;
  for (let row = rect.top; row < rect.bottom; row += 1) {
    const from = (row - rect.top) * across;
    bytes.set(part.subarray(from, from + across), row * width + rect.left);
  }
}

/**
 * A mask from a picture's pixels (RGBA): white redraws, black keeps. A picture that is see-through in
 * places and of one colour elsewhere says it by that: see-through redraws.
 */
export function maskOfPixels({ width, height, data }: ImageData): Mask {
  const mask = emptyMask({ width, height });
  const byAlpha = saysItByAlpha(data);
  for (let index = 0; index < mask.bytes.length; index += 1) {
    const at = 4 * index;
    const alpha = data[at + 3] ?? 255;
    const light =
      0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    mask.bytes[index] = byAlpha ? 255 - alpha : Math.round((light * alpha) / 255);
  }
  return mask;
}

function saysItByAlpha(data: Uint8ClampedArray): boolean {
  let clear = false;
  let colour: number | null = null;
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at + 3] ?? 255) < 255) clear = true;
    // What is fully see-through has no colour that a browser would keep.
    if (data[at + 3] === 0) continue;
    const here = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    if (colour !== null && here !== colour) return false;
    colour = here;
  }
  return clear;
}

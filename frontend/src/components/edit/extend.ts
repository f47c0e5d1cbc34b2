// How far a picture may be extended, and in which steps. Knows no React.
import type { Point, Size } from "./mask";
import { type Extend, type Side, sides } from "./work";

export const sideLabels: Record<Side, string> = {
  left: "to the left",
  top: "at the top",
  right: "to the right",
  bottom: "at the bottom",
};

/** Models draw in multiples of this. */
const grain = 8;
const far = 64;

/** Most pixels on one side: what lies further off has nothing to do with the picture. */
export function largestExtend({ width, height }: Size): number {
  return Math.max(2 * grain, Math.ceil((2 * Math.max(width, height)) / grain) * grain);
}

const outward: Record<Side, Point> = {
  left: { x: -1, y: 0 },
  top: { x: 0, y: -1 },
  right: { x: 1, y: 0 },
  bottom: { x: 0, y: 1 },
};

/** `from` with some sides moved by a distance in pixels of the picture. */
export function moved(from: Extend, which: readonly Side[], by: Point, picture: Size): Extend {
  const most = largestExtend(picture);
  const next = sides.map((side) => {
    if (!which.includes(side)) return [side, from[side]];
    const out = by.x * outward[side].x + by.y * outward[side].y;
    const snapped = Math.round((from[side] + out) / grain) * grain;
    return [side, Math.min(most, Math.max(0, snapped))];
  });
  return Object.fromEntries(next) as Extend;
}

/** Pixels that a key adds to a side; an arrow moves it the way it points. */
export function stepOf(side: Side, key: string, large: boolean): number | null {
  const step = large ? far : grain;
  if (key === "PageUp") return far;
  if (key === "PageDown") return -far;
  const arrows: Record<string, Point> = {
    ArrowLeft: { x: -1, y: 0 },
    ArrowRight: { x: 1, y: 0 },
    ArrowUp: { x: 0, y: -1 },
    ArrowDown: { x: 0, y: 1 },
  };
  const arrow = arrows[key];
  if (!arrow) return null;
  const along = arrow.x * outward[side].x + arrow.y * outward[side].y;
  // Across the side's own direction: up and right are more, as with any slider.
  return along === 0 ? (arrow.x - arrow.y) * step : along * step;
}

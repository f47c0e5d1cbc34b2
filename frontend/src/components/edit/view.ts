// Where the picture stands on the stage: `scale` screen pixels per pixel of the picture, whose top
// left corner is at (x, y) of the stage. Knows no React.
import type { Point, Size } from "./mask";
import type { Extend } from "./work";

export type View = { scale: number; x: number; y: number };

const smallest = 0.02;
const largest = 32;
/** Of the picture this much stays on the stage, however far it is moved. */
const kept = 48;
export const margin = 24;

/** The picture with what is added, in pixels of the picture. */
export function frameOf({ width, height }: Size, extend: Extend) {
  return {
    x: -extend.left,
    y: -extend.top,
    width: width + extend.left + extend.right,
    height: height + extend.top + extend.bottom,
  };
}

export type Frame = ReturnType<typeof frameOf>;

/** All of the frame, as large as the stage allows. */
export function fitted(frame: Frame, stage: Size): View {
  const room = {
    width: Math.max(1, stage.width - 2 * margin),
    height: Math.max(1, stage.height - 2 * margin),
  };
  // Small pictures are enlarged, but not until they are nothing but squares.
  const scale = Math.min(room.width / frame.width, room.height / frame.height, 8);
  return {
    scale,
    x: (stage.width - frame.width * scale) / 2 - frame.x * scale,
    y: (stage.height - frame.height * scale) / 2 - frame.y * scale,
  };
}

/** Larger or smaller by `factor`, with what is at `at` of the stage staying there. */
export function zoom(view: View, factor: number, at: Point): View {
  const scale = Math.min(largest, Math.max(smallest, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/** Moved, but never off the stage. */
export function pan(view: View, by: Point, frame: Frame, stage: Size): View {
  const within = (value: number, start: number, length: number, room: number) => {
    const low = kept - (start + length) * view.scale;
    const high = room - kept - start * view.scale;
    return Math.min(high, Math.max(low, value));
  };
  return {
    scale: view.scale,
    x: within(view.x + by.x, frame.x, frame.width, stage.width),
    y: within(view.y + by.y, frame.y, frame.height, stage.height),
  };
}

export function toPicture({ scale, x, y }: View, at: Point): Point {
  return { x: (at.x - x) / scale, y: (at.y - y) / scale };
}

export function toStage({ scale, x, y }: View, at: Point): Point {
  return { x: at.x * scale + x, y: at.y * scale + y };
}

/** Moved so that `at` of the picture is on the stage. */
export function reveal(view: View, at: Point, stage: Size): View {
  const there = toStage(view, at);
  const shift = (value: number, room: number) => {
    const edge = Math.min(margin, room / 4);
    if (value < edge) return edge - value;
    return value > room - edge ? room - edge - value : 0;
  };
  return {
    scale: view.scale,
    x: view.x + shift(there.x, stage.width),
    y: view.y + shift(there.y, stage.height),
  };
}

/** From two fingers before to two fingers now: moved and zoomed with them. */
export function pinch(view: View, before: [Point, Point], now: [Point, Point]): View {
  const middle = ([a, b]: [Point, Point]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const apart = ([a, b]: [Point, Point]) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const from = middle(before);
  const to = middle(now);
  const zoomed = zoom(view, apart(now) / apart(before), from);
  return { ...zoomed, x: zoomed.x + to.x - from.x, y: zoomed.y + to.y - from.y };
}

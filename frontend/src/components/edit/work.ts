// What has been done to one picture: its mask, how far it is extended, and the way back and forth.
// Lives outside React; components watch `changed`, the canvas hears of every touched pixel.
import { createStore } from "@/utils/store";
import {
  coverage,
  cut,
  emptyMask,
  invert,
  isEmpty,
  type Mask,
  maskSize,
  type Point,
  paintLine,
  paste,
  type Rect,
  type Size,
  union,
  whole,
} from "./mask";

/** Pixels of the picture to add on each side. */
export type Extend = { left: number; top: number; right: number; bottom: number };
export const sides = ["left", "top", "right", "bottom"] as const;
export type Side = (typeof sides)[number];
export const noExtend: Extend = { left: 0, top: 0, right: 0, bottom: 0 };

export function isExtended(extend: Extend): boolean {
  return sides.some((side) => extend[side] > 0);
}

export type Tool = "brush" | "eraser";

/** One deed; `swap` undoes it, and done again does it again. */
type Entry = { label: string; bytes: number; gesture?: string; swap: () => void };

/** Most bytes kept for undoing. */
const mostBytes = 64_000_000;
const nothing: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

export class Work {
  /** The picture's own size. */
  readonly picture: Size;
  readonly mask: Mask;
  /** Counts changes. */
  readonly changed = createStore(0);
  #extend: Extend = noExtend;
  #done: Entry[] = [];
  #undone: Entry[] = [];
  #before: Mask | null = null;
  #touched: Rect = nothing;
  #listeners = new Set<(rect: Rect) => void>();
  #coverage: { at: number; value: number } = { at: 0, value: 0 };

  constructor(picture: Size) {
    this.picture = picture;
    this.mask = emptyMask(maskSize(picture));
  }

  /** Pixels of the mask per pixel of the picture. */
  get scale(): number {
    return this.mask.width / this.picture.width;
  }

  get extend(): Extend {
    return this.#extend;
  }

  get undoable(): string | null {
    return this.#done.at(-1)?.label ?? null;
  }

  get redoable(): string | null {
    return this.#undone.at(-1)?.label ?? null;
  }

  get painting(): boolean {
    return this.#before !== null;
  }

  /** Share of the picture that is redrawn. */
  get coverage(): number {
    const at = this.changed.get();
    if (this.#coverage.at !== at) this.#coverage = { at, value: coverage(this.mask) };
    return this.#coverage.value;
  }

  /** `listener` hears where the mask changed, in its pixels. */
  onPixels(listener: (rect: Rect) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** From here to `end` is one stroke. */
  begin(): void {
    this.end("Stroke");
    this.#before = { ...this.mask, bytes: this.mask.bytes.slice() };
    this.#touched = nothing;
  }

  /**
   * Paints between two points of the picture; `size` is the brush's diameter there. Nothing happens
   * outside a stroke, as when it was undone under the hand.
   */
  line(tool: Tool, from: Point, to: Point, size: number): void {
    if (!this.#before) return;
    const { scale } = this;
    const there = ({ x, y }: Point) => ({ x: x * scale, y: y * scale });
    const radius = Math.max(0.5, (size * scale) / 2);
    const value = tool === "brush" ? 255 : 0;
    const rect = paintLine(this.mask, there(from), there(to), radius, value);
    if (isEmpty(rect)) return;
    this.#touched = union(this.#touched, rect);
    this.#tell(rect);
  }

  end(label: string): void {
    const before = this.#before;
    this.#before = null;
    if (!before || isEmpty(this.#touched)) return;
    this.#remember(this.#patch(label, this.#touched, cut(before, this.#touched)));
  }

  /** Takes back what was painted since `begin`, as if it had not been. */
  cancel(): void {
    const before = this.#before;
    this.#before = null;
    if (!before || isEmpty(this.#touched)) return;
    paste(this.mask, this.#touched, cut(before, this.#touched));
    this.#tell(this.#touched);
  }

  invert(): void {
    this.#replace("Invert", () => invert(this.mask));
  }

  clear(): void {
    this.#replace("Clear", () => this.mask.bytes.fill(0));
  }

  /** Takes bytes of the mask's own size. */
  load(label: string, bytes: Uint8Array): void {
    this.#replace(label, () => this.mask.bytes.set(bytes));
  }

  /** Steps with the same `gesture` are undone together. */
  setExtend(next: Extend, gesture?: string): void {
    const before = this.#extend;
    if (sides.every((side) => before[side] === next[side])) return;
    this.end("Stroke");
    this.#extend = next;
    const last = this.#done.at(-1);
    if (gesture && last?.gesture === gesture && this.#undone.length === 0) {
      this.#count();
      return;
    }
    let other = before;
    const swap = () => {
      [other, this.#extend] = [this.#extend, other];
    };
    this.#remember({ label: "Extend", bytes: 0, swap, ...(gesture && { gesture }) });
  }

  /** What was undone; `null` when there is nothing to undo. */
  undo(): string | null {
    this.end("Stroke");
    return this.#move(this.#done, this.#undone);
  }

  redo(): string | null {
    this.end("Stroke");
    return this.#move(this.#undone, this.#done);
  }

  /** Puts back what an earlier visit left; there is nothing to undo then. */
  restore(bytes: Uint8Array, extend: Extend): void {
    if (bytes.length !== this.mask.bytes.length) return;
    this.mask.bytes.set(bytes);
    this.#extend = extend;
    this.#tell(whole(this.mask));
    this.#count();
  }

  #replace(label: string, change: () => void): void {
    this.end("Stroke");
    const all = whole(this.mask);
    const before = this.mask.bytes.slice();
    change();
    this.#tell(all);
    this.#remember(this.#patch(label, all, before));
  }

  #patch(label: string, rect: Rect, before: Uint8Array<ArrayBuffer>): Entry {
    let other = before;
    const swap = () => {
      const now = cut(this.mask, rect);
      paste(this.mask, rect, other);
      other = now;
      this.#tell(rect);
    };
    return { label, bytes: before.length, swap };
  }

  #move(from: Entry[], to: Entry[]): string | null {
    const entry = from.pop();
    if (!entry) return null;
    entry.swap();
    to.push(entry);
    this.#count();
    return entry.label;
  }

  #remember(entry: Entry): void {
    this.#done.push(entry);
    this.#undone = [];
    let total = this.#done.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > mostBytes && this.#done.length > 1) total -= this.#done.shift()?.bytes ?? 0;
    this.#count();
  }

  #tell(rect: Rect): void {
    for (const listener of this.#listeners) listener(rect);
  }

  #count(): void {
    this.changed.set(this.changed.get() + 1);
  }
}

// What the pointer does on the stage, and what each tool is called.
import { Brush, Eraser, Hand, type LucideIcon, Scaling } from "lucide-react";
import type { Size } from "./mask";

export const modes = ["brush", "eraser", "move", "extend"] as const;
export type Mode = (typeof modes)[number];

export const modeNotes: Record<Mode, { label: string; key: string; icon: LucideIcon }> = {
  brush: { label: "Brush", key: "B", icon: Brush },
  eraser: { label: "Eraser", key: "E", icon: Eraser },
  move: { label: "Move the view", key: "H", icon: Hand },
  extend: { label: "Extend the picture", key: "X", icon: Scaling },
};

export function largestBrush({ width, height }: Size): number {
  return Math.max(8, Math.round(Math.max(width, height) / 2));
}

export function firstBrush({ width, height }: Size): number {
  return Math.max(2, Math.round(Math.max(width, height) / 10));
}

/** A step up or down from `size`, never none. */
export function resized(size: number, direction: 1 | -1, largest: number): number {
  const next = Math.round(direction > 0 ? size * 1.2 : size / 1.2);
  const moved = next === size ? size + direction : next;
  return Math.min(largest, Math.max(1, moved));
}

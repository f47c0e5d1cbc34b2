// A picture that follows the finger and is let go to a side. Two fingers zoom instead.
import { type PointerEvent, useRef, useState } from "react";

export type Side = "left" | "right" | "up";
type Offset = { x: number; y: number };

const farEnough = 80;

/** Where a drag by `offset` leads if it ends there. */
export function sideOf({ x, y }: Offset): Side | null {
  if (Math.abs(x) >= farEnough && Math.abs(x) > Math.abs(y)) return x < 0 ? "left" : "right";
  return y <= -farEnough && Math.abs(y) > Math.abs(x) ? "up" : null;
}

export function useDrag(onLetGo: (side: Side) => void) {
  const start = useRef<{ pointer: number; x: number; y: number } | null>(null);
  const [offset, setOffset] = useState<Offset | null>(null);

  function moved(event: PointerEvent): Offset | null {
    const from = start.current;
    if (from?.pointer !== event.pointerId) return null;
    return { x: event.clientX - from.x, y: event.clientY - from.y };
  }

  function stop(): void {
    start.current = null;
    setOffset(null);
  }

  const handlers = {
    onPointerDown(event: PointerEvent) {
      const zoomed = (window.visualViewport?.scale ?? 1) > 1.01;
      if (!event.isPrimary || event.button !== 0 || zoomed) {
        stop();
        return;
      }
      start.current = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture?.(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      const to = moved(event);
      if (to) setOffset(to);
    },
    onPointerUp(event: PointerEvent) {
      const to = moved(event);
      stop();
      const side = to && sideOf(to);
      if (side) onLetGo(side);
    },
    onPointerCancel: stop,
  };
  return { offset, handlers };
}

// A finger drawn sideways over the picture walks to the one beside it.
import { type TouchEvent, useRef } from "react";

const farEnough = 60;

type Handlers = {
  onTouchStart: (event: TouchEvent) => void;
  onTouchEnd: (event: TouchEvent) => void;
};

/** `onSwipe` hears "left" when the finger moved to the left, which means onwards. */
export function useSwipe(onSwipe: (to: "left" | "right") => void): Handlers {
  const start = useRef<{ x: number; y: number } | null>(null);
  return {
    onTouchStart(event) {
      const touch = event.touches[0];
      // Two fingers zoom, and a picture that is zoomed is moved about, not left.
      const alone = event.touches.length === 1 && (window.visualViewport?.scale ?? 1) <= 1.01;
      start.current = touch && alone ? { x: touch.clientX, y: touch.clientY } : null;
    },
    onTouchEnd(event) {
      const touch = event.changedTouches[0];
      if (!start.current || !touch) return;
      const across = touch.clientX - start.current.x;
      const down = touch.clientY - start.current.y;
      start.current = null;
      if (Math.abs(across) < farEnough || Math.abs(across) < 2 * Math.abs(down)) return;
      onSwipe(across < 0 ? "left" : "right");
    },
  };
}

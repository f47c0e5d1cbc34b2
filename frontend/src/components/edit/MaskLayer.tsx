// The mask over the picture. Redraws only what changed, at most once per frame.
import { useEffect, useRef } from "react";
import { type Rect, union, whole } from "./mask";
import { tint } from "./pixels";
import type { Work } from "./work";

export function MaskLayer({ work }: { work: Work }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let waiting: Rect | null = whole(work.mask);
    let frame = 0;
    const draw = () => {
      frame = 0;
      if (canvas.current && waiting) tint(canvas.current, work.mask, waiting);
      waiting = null;
    };
    draw();
    const stop = work.onPixels((rect) => {
      waiting = waiting ? union(waiting, rect) : rect;
      frame ||= requestAnimationFrame(draw);
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [work]);
  return (
    <canvas
      ref={canvas}
      width={work.mask.width}
      height={work.mask.height}
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%" }}
      aria-hidden
    />
  );
}

// Mouse, pen and fingers on the stage: one paints or moves, two move and zoom.
import { type PointerEvent, type RefObject, useRef } from "react";
import type { Point } from "./mask";
import type { Stage } from "./useStage";
import { pan, pinch, toPicture, type View } from "./view";
import type { Tool } from "./work";

type Gesture =
  | { kind: "paint"; id: number; pen: boolean; tool: Tool; last: Point }
  | { kind: "move"; id: number; last: Point }
  | { kind: "pinch"; ids: [number, number]; from: [Point, Point]; view: View }
  /** Fingers that are still down after a pinch. */
  | { kind: "spent" };

const middleButton = 1;
const eraserEnd = 32;

export function usePointers(surface: RefObject<HTMLElement | null>, stage: Stage) {
  const { work, mode, brush, view, frame, box, cursor, setView } = stage;
  const down = useRef(new Map<number, Point>());
  const gesture = useRef<Gesture | null>(null);

  function at(event: { clientX: number; clientY: number }): Point {
    const rect = surface.current?.getBoundingClientRect();
    return { x: event.clientX - (rect?.left ?? 0), y: event.clientY - (rect?.top ?? 0) };
  }

  function beginPinch(): void {
    const [first, second] = [...down.current.keys()];
    if (first === undefined || second === undefined) return;
    if (gesture.current?.kind === "paint") work.cancel();
    const from: [Point, Point] = [
      down.current.get(first) as Point,
      down.current.get(second) as Point,
    ];
    gesture.current = { kind: "pinch", ids: [first, second], from, view };
    cursor.set(null);
  }

  function onPointerDown(event: PointerEvent): void {
    const pen = event.pointerType === "pen";
    const held = gesture.current;
    // A hand that rests on the screen while a pen draws.
    if (event.pointerType === "touch" && held?.kind === "paint" && held.pen) return;
    if (event.button !== 0 && event.button !== middleButton && !(event.buttons & eraserEnd)) return;
    surface.current?.focus({ preventScroll: true });
    // Without capture a stroke would end at the edge; a pointer that is gone can't be captured.
    try {
      surface.current?.setPointerCapture(event.pointerId);
    } catch {
      return;
    }
    event.preventDefault();
    const here = at(event);
    down.current.set(event.pointerId, here);
    if (event.pointerType === "touch" && down.current.size > 1) {
      if (down.current.size === 2) beginPinch();
      return;
    }
    if (held) return;
    if (event.button === middleButton || mode === "move" || mode === "extend") {
      gesture.current = { kind: "move", id: event.pointerId, last: here };
      return;
    }
    const tool = event.buttons & eraserEnd ? "eraser" : mode;
    const last = toPicture(view, here);
    gesture.current = { kind: "paint", id: event.pointerId, pen, tool, last };
    work.begin();
    work.line(tool, last, last, brush);
    cursor.set(last);
  }

  function onPointerMove(event: PointerEvent): void {
    const here = at(event);
    const held = gesture.current;
    if (event.pointerType !== "touch" || held?.kind === "paint") cursor.set(toPicture(view, here));
    if (!held || !down.current.has(event.pointerId)) return;
    down.current.set(event.pointerId, here);
    if (held.kind === "paint" && held.id === event.pointerId) {
      const all = event.nativeEvent.getCoalescedEvents?.() ?? [];
      for (const each of all.length > 0 ? all : [event.nativeEvent]) {
        const next = toPicture(view, at(each));
        work.line(held.tool, held.last, next, brush);
        held.last = next;
      }
    } else if (held.kind === "move" && held.id === event.pointerId) {
      setView(pan(view, { x: here.x - held.last.x, y: here.y - held.last.y }, frame, box));
      held.last = here;
    } else if (held.kind === "pinch") {
      const [first, second] = held.ids;
      const now: [Point, Point] = [
        down.current.get(first) ?? held.from[0],
        down.current.get(second) ?? held.from[1],
      ];
      setView(pan(pinch(held.view, held.from, now), { x: 0, y: 0 }, frame, box));
    }
  }

  function onPointerUp(event: PointerEvent): void {
    if (!down.current.delete(event.pointerId)) return;
    const held = gesture.current;
    if (held?.kind === "paint" && held.id === event.pointerId) {
      work.end(held.tool === "brush" ? "Stroke" : "Erasing");
      gesture.current = null;
      if (event.pointerType === "touch") cursor.set(null);
    } else if (held?.kind === "move" && held.id === event.pointerId) {
      gesture.current = null;
    } else if (held?.kind === "pinch") {
      gesture.current = { kind: "spent" };
    }
    if (down.current.size === 0 && gesture.current?.kind === "spent") gesture.current = null;
  }

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onPointerLeave(event: PointerEvent): void {
      const focused = surface.current?.matches(":focus-visible");
      if (!gesture.current && event.pointerType !== "touch" && !focused) cursor.set(null);
    },
  };
}

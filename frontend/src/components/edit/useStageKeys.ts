// The stage by keyboard. Arrows walk a brush over the picture, Space paints while it is held, Enter
// lowers and lifts the brush. The rest works wherever nobody is typing.
import {
  type FocusEvent,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { announce, announceLater, keepQuiet } from "@/components/ui/LiveRegion";
import { isTyping } from "@/utils/keyboard";
import type { Point } from "./mask";
import { type Mode, modeNotes, modes } from "./tools";
import type { Stage } from "./useStage";
import { reveal } from "./view";
import type { Tool, Work } from "./work";

const steps: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
const quietMs = 350;

export function undo(work: Work): void {
  const label = work.undo();
  announce(label ? `Undone: ${label}` : "Nothing to undo");
}

export function redo(work: Work): void {
  const label = work.redo();
  announce(label ? `Done again: ${label}` : "Nothing to do again");
}

export function sayCoverage(work: Work): string {
  const share = work.coverage;
  if (share === 0) return "Nothing is masked";
  return share < 0.01
    ? "Under 1 percent is masked"
    : `${Math.round(share * 100)} percent is masked`;
}

/** Where the brush is, in words. */
export function sayPlace({ picture, mask, scale }: Work, at: Point): string {
  const across = Math.round((100 * at.x) / picture.width);
  const below = Math.round((100 * at.y) / picture.height);
  const column = Math.min(mask.width - 1, Math.floor(at.x * scale));
  const row = Math.min(mask.height - 1, Math.floor(at.y * scale));
  const masked = (mask.bytes[row * mask.width + column] ?? 0) > 127;
  return `${across} percent across, ${below} percent down, ${masked ? "masked" : "kept"}`;
}

export function useStageKeys(stage: Stage) {
  const { work, mode, brush, cursor, view, box, setView, setMode, resize } = stage;
  const [lowered, setLowered] = useState(false);
  const held = useRef(false);
  const tool: Tool = mode === "eraser" ? "eraser" : "brush";

  const place = (): Point =>
    cursor.get() ?? { x: work.picture.width / 2, y: work.picture.height / 2 };

  function lower(): void {
    const at = place();
    cursor.set(at);
    if (!work.painting) work.begin();
    work.line(tool, at, at, brush);
  }

  /** The brush stays down until it is lifted. */
  function settle(): void {
    lower();
    setLowered(true);
    announce(`${modeNotes[tool].label} down: the arrows paint. Enter lifts it.`);
  }

  function lift(): void {
    setLowered(false);
    held.current = false;
    if (!work.painting) return;
    work.end(tool === "brush" ? "Stroke" : "Erasing");
    announce(sayCoverage(work));
  }

  function walk(step: Point, fine: boolean): void {
    const from = place();
    const far = fine ? 1 : Math.max(1, Math.round(brush / 2));
    const { width, height } = work.picture;
    const to = {
      x: Math.min(width, Math.max(0, from.x + step.x * far)),
      y: Math.min(height, Math.max(0, from.y + step.y * far)),
    };
    if (work.painting) work.line(tool, from, to, brush);
    cursor.set(to);
    const next = reveal(view, to, box);
    if (next.x !== view.x || next.y !== view.y) setView(next);
    announceLater(() => sayPlace(work, to), quietMs);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    if (step) {
      walk(step, event.shiftKey);
    } else if (event.key === " ") {
      if (!held.current && !lowered) {
        held.current = true;
        lower();
      }
    } else if (event.key === "Enter" && !event.shiftKey) {
      if (lowered) lift();
      else settle();
    } else if (event.key === "Escape" && work.painting) {
      work.cancel();
      setLowered(false);
      held.current = false;
      announce("Stroke taken back");
    } else return;
    event.preventDefault();
  }

  function onKeyUp(event: KeyboardEvent): void {
    if (event.key === " " && held.current) lift();
  }

  function onFocus(event: FocusEvent): void {
    if (event.target === event.currentTarget && event.currentTarget.matches(":focus-visible")) {
      cursor.set(place());
    }
  }

  useEffect(() => keepQuiet, []);

  const global = useCallback(
    (event: globalThis.KeyboardEvent): boolean => {
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && !event.altKey) {
        if (key === "z" && !event.shiftKey) undo(work);
        else if (key === "y" || (key === "z" && event.shiftKey)) redo(work);
        else return false;
        return true;
      }
      if (event.metaKey || event.ctrlKey !== event.altKey) return false;
      const wanted = modes.find((each: Mode) => modeNotes[each].key.toLowerCase() === key);
      if (event.key === "[") resize(-1);
      else if (event.key === "]") resize(1);
      else if (wanted) setMode(wanted);
      else if (key === "i") {
        work.invert();
        announce(`Inverted. ${sayCoverage(work)}`);
      } else if (event.key === "+" || event.key === "=") stage.lookCloser(1.25);
      else if (event.key === "-") stage.lookCloser(1 / 1.25);
      else if (event.key === "0") stage.seeAll();
      else return false;
      return true;
    },
    [work, resize, setMode, stage.lookCloser, stage.seeAll],
  );

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      if (global(event)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [global]);

  function onBlur(): void {
    lift();
    cursor.set(null);
  }

  return { onKeyDown, onKeyUp, onFocus, onBlur, lowered };
}

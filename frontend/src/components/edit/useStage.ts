// The state of the stage: which tool, how large a brush, what part of the picture is seen.
import { useCallback, useMemo, useState } from "react";
import { announce } from "@/components/ui/LiveRegion";
import { createStore, useStore } from "@/utils/store";
import type { Point, Size } from "./mask";
import { firstBrush, largestBrush, type Mode, modeNotes, resized } from "./tools";
import { fitted, frameOf, pan, type View, zoom } from "./view";
import type { Work } from "./work";

export type Stage = ReturnType<typeof useStage>;

const noSize: Size = { width: 0, height: 0 };

export function useStage(work: Work) {
  useStore(work.changed);
  const [mode, chooseMode] = useState<Mode>("brush");
  const [brush, setBrush] = useState(() => firstBrush(work.picture));
  const [box, setBox] = useState<Size>(noSize);
  // Until somebody looks closer, all of the picture is seen, whatever happens to its size.
  const [chosen, setChosen] = useState<View | null>(null);
  const [cursor] = useState(() => createStore<Point | null>(null));
  const { extend, picture } = work;
  const frame = useMemo(() => frameOf(picture, extend), [picture, extend]);
  const view = useMemo(() => chosen ?? fitted(frame, box), [chosen, frame, box]);
  const largest = largestBrush(picture);

  const setMode = useCallback((next: Mode) => {
    chooseMode(next);
    announce(modeNotes[next].label);
  }, []);

  const resize = useCallback(
    (direction: 1 | -1) => {
      const next = resized(brush, direction, largest);
      setBrush(next);
      announce(`Brush ${next} pixels`);
    },
    [brush, largest],
  );

  const lookCloser = useCallback(
    (factor: number, at?: Point) => {
      const middle = { x: box.width / 2, y: box.height / 2 };
      const next = pan(zoom(view, factor, at ?? middle), { x: 0, y: 0 }, frame, box);
      setChosen(next);
      if (!at) announce(`Zoom ${Math.round(next.scale * 100)} percent`);
    },
    [view, frame, box],
  );

  const move = useCallback((by: Point) => setChosen(pan(view, by, frame, box)), [view, frame, box]);

  const seeAll = useCallback(() => {
    setChosen(null);
    announce("The whole picture");
  }, []);

  return {
    work,
    mode,
    setMode,
    brush,
    setBrush,
    largest,
    resize,
    box,
    setBox,
    frame,
    view,
    setView: setChosen,
    /** Whether the view follows the picture. */
    following: chosen === null,
    cursor,
    lookCloser,
    move,
    seeAll,
  };
}

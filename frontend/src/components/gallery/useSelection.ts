// The selection of the gallery and the gestures that change it.
import { useCallback, useMemo, useRef, useState } from "react";
import type { Image } from "@/api/types";
import * as selecting from "./selection";

export function useSelection(images: readonly Image[]) {
  const [state, setState] = useState(selecting.NOTHING_SELECTED);
  const ids = useMemo(() => images.map((image) => image.id), [images]);
  const list = useRef(ids);
  list.current = ids;
  // What was trashed or filtered away is no longer selected.
  const selection = useMemo(() => selecting.keepOnly(state, ids), [state, ids]);
  const chosen = useMemo(
    () => images.filter((image) => selection.ids.has(image.id)),
    [images, selection],
  );

  const select = useCallback((id: number, how: "toggle" | "range") => {
    setState((before) => {
      const current = selecting.keepOnly(before, list.current);
      return how === "range"
        ? selecting.extend(current, id, list.current)
        : selecting.toggle(current, id);
    });
  }, []);
  const selectAll = useCallback(() => setState(selecting.selectAll(list.current)), []);
  const clear = useCallback(() => setState(selecting.NOTHING_SELECTED), []);

  return { selection, chosen, select, selectAll, clear };
}

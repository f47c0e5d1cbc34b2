// Makes the whole page a place to drop files on. Tells whether some are being dragged over it.
import { useEffect, useRef, useState } from "react";
import { carriesFiles } from "@/utils/files";

/** `onDrop` has to take what it needs from the data at once: the browser empties it afterwards. */
export function useFileDrop(onDrop: (data: DataTransfer) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    // Entering a child comes before leaving its parent: only the count tells when all is left.
    let depth = 0;
    const within = (change: number) => {
      depth = Math.max(0, depth + change);
      setOver(depth > 0);
    };
    // Browsers say that a picture of the page itself is a file, too, once it is dragged.
    let fromHere = false;
    const brings = (event: DragEvent) => !fromHere && carriesFiles(event.dataTransfer);
    const onStart = () => {
      fromHere = true;
    };
    const onEnd = () => {
      fromHere = false;
    };
    const onEnter = (event: DragEvent) => {
      if (brings(event)) within(1);
    };
    const onLeave = (event: DragEvent) => {
      if (brings(event)) within(-1);
    };
    const onOver = (event: DragEvent) => {
      if (!brings(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    };
    const onDropped = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!event.dataTransfer || !brings(event)) return;
      // The browser would open the picture in place of the page.
      event.preventDefault();
      latest.current(event.dataTransfer);
    };
    const all = {
      dragstart: onStart,
      dragend: onEnd,
      dragenter: onEnter,
      dragleave: onLeave,
      dragover: onOver,
      drop: onDropped,
    };
    const events = Object.entries(all) as [keyof typeof all, (event: DragEvent) => void][];
    for (const [name, listener] of events) window.addEventListener(name, listener);
    // There is no dragend if what was dragged has left the page; while dragging there is no move.
    window.addEventListener("pointermove", onEnd);
    return () => {
      window.removeEventListener("pointermove", onEnd);
      for (const [name, listener] of events) window.removeEventListener(name, listener);
    };
  }, []);
  return over;
}

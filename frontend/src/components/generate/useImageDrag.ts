// A picture of this page that is dragged onto the form becomes the one to start from.
import { useEffect, useRef, useState } from "react";

const addresses = /\/(?:api\/)?images\/(\d+)(?:\/(?:file|thumbnail))?(?:[?#].*)?$/;

/** The id of the gallery's picture that a dragged link leads to. */
export function idOfLink(text: string, origin: string): number | null {
  const [first = ""] = text.split(/[\r\n]+/).filter((line) => line && !line.startsWith("#"));
  if (!first.startsWith(`${origin}/`)) return null;
  const id = addresses.exec(first.slice(origin.length))?.[1];
  return id ? Number(id) : null;
}

/** Tells whether a picture of this page is on its way. */
export function useImageDrag(onDrop: (id: number) => void): boolean {
  const [dragged, setDragged] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    let id: number | null = null;
    const onStart = (event: DragEvent) => {
      id = idOfLink(event.dataTransfer?.getData("text/uri-list") ?? "", window.location.origin);
      // Browsers end a drag whose page changes as it begins.
      if (id !== null) setTimeout(() => setDragged(id !== null));
    };
    const onEnd = () => {
      id = null;
      setDragged(false);
    };
    const onOver = (event: DragEvent) => {
      if (id !== null) event.preventDefault();
    };
    const onDropped = (event: DragEvent) => {
      if (id === null) return;
      event.preventDefault();
      latest.current(id);
      onEnd();
    };
    const all = { dragstart: onStart, dragend: onEnd, dragover: onOver, drop: onDropped };
    const events = Object.entries(all) as [keyof typeof all, (event: DragEvent) => void][];
    for (const [name, listener] of events) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of events) window.removeEventListener(name, listener);
    };
  }, []);
  return dragged;
}

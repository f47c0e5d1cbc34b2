// Width of an element and its distance from the top of the page, kept current.
import { type RefObject, useLayoutEffect, useState } from "react";

export type ElementBox = { width: number; top: number };

// A page that comes back begins with the box it had, so that its height is right at the first paint
// and the browser can return to where it was.
let last: ElementBox = { width: 0, top: 0 };

export function useElementBox(ref: RefObject<HTMLElement | null>): ElementBox {
  const [box, setBox] = useState(last);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { width, top } = element.getBoundingClientRect();
      const next = { width: Math.floor(width), top: Math.round(top + window.scrollY) };
      if (next.width === last.width && next.top === last.top) return;
      last = next;
      setBox(next);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What stands above may grow too: the filter chips wrap, a banner appears.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref]);
  return box;
}

// The one picture of the grid that has the focus, kept while pictures come, go and scroll away.
import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useNavigationType } from "react-router";
import type { Image } from "@/api/types";
import { lastViewed } from "@/utils/lastViewed";

export type GridFocus = {
  /** Position of the active picture; 0 if there was none yet. */
  index: number;
  activeId: number | undefined;
  setActive: (id: number) => void;
  /** Makes the picture at `index` active and moves the focus there as soon as it is on screen. */
  moveTo: (index: number) => void;
};

export function useGridFocus(
  grid: RefObject<HTMLElement | null>,
  images: readonly Image[],
  scrollTo: (index: number) => void,
): GridFocus {
  const returned = useNavigationType() === "POP" ? lastViewed() : undefined;
  const [active, setActiveId] = useState(returned);
  const places = useMemo(() => new Map(images.map((image, index) => [image.id, index])), [images]);
  const lastIndex = useRef(0);
  const wanted = useRef<number>(undefined);

  // The picture that had the focus may be gone: the one that took its place is next.
  const found = active === undefined ? undefined : places.get(active);
  const index = Math.min(found ?? lastIndex.current, Math.max(0, images.length - 1));
  lastIndex.current = index;
  const activeId = images[index]?.id;

  const moveTo = useCallback(
    (next: number) => {
      const image = images[next];
      if (!image) return;
      wanted.current = image.id;
      setActiveId(image.id);
      scrollTo(next);
    },
    [images, scrollTo],
  );

  // Back from a picture: on with that one, also if the walk has led far from where it began.
  const entering = useRef(returned);
  useEffect(() => {
    const place = entering.current === undefined ? undefined : places.get(entering.current);
    if (place === undefined || document.activeElement !== document.body) return;
    const frame = requestAnimationFrame(() => {
      entering.current = undefined;
      const link = grid.current?.querySelector(`[data-image="${images[place]?.id}"]`);
      const box = link?.getBoundingClientRect();
      const inView = box && box.bottom > 0 && box.top < window.innerHeight;
      if (inView) (link as HTMLElement).focus({ preventScroll: true });
      else moveTo(place);
    });
    return () => cancelAnimationFrame(frame);
  }, [grid, images, places, moveTo]);

  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    const inside = grid.current?.contains(document.activeElement) ?? false;
    if (hadFocus.current && !inside && document.activeElement === document.body) {
      wanted.current = activeId;
    }
    if (wanted.current !== undefined) {
      const selector = `[data-image="${wanted.current}"]`;
      const link = grid.current?.querySelector<HTMLElement>(selector);
      link?.focus({ preventScroll: true });
      if (link) wanted.current = undefined;
    }
    hadFocus.current = grid.current?.contains(document.activeElement) ?? false;
  });

  return { index, activeId, setActive: setActiveId, moveTo };
}

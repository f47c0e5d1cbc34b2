// New pictures go on top by themselves only while nobody is looking further down.
import { useEffect } from "react";

const nearTop = 80;

/** Calls `take` when something is fresh and `calm` says that moving the wall disturbs nothing. */
export function useFreshOnTop(fresh: number | null, calm: boolean, take: () => void): void {
  useEffect(() => {
    if (fresh && calm && window.scrollY <= nearTop) take();
  }, [fresh, calm, take]);
}

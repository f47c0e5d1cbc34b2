// The keys of the viewer: arrows walk, Delete throws away, Escape goes back.
import { useEffect } from "react";
import { isTyping } from "@/utils/keyboard";
import type { Way } from "./useWay";

function useKeys(actions: (key: string) => (() => void) | undefined): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const action = actions(event.key);
      if (!action) return;
      action();
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [actions]);
}

/** Walking, and the way back: also while a picture is still arriving. */
export function useWalkKeys(way: Way): void {
  useKeys((key) => {
    if (key === "ArrowLeft") return () => way.step("previous");
    if (key === "ArrowRight") return () => way.step("next");
    return key === "Escape" ? way.back : undefined;
  });
}

/** Throwing away the picture that is seen. */
export function useDeleteKey(onDelete: () => void): void {
  useKeys((key) => (key === "Delete" ? onDelete : undefined));
}

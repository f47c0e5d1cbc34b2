// The keys of the viewer: arrows walk, Delete throws away, Escape goes back.
import { useEffect } from "react";
import { isTyping } from "@/utils/keyboard";
import type { Way } from "./useWay";

export function useImageKeys(way: Way, onDelete: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.key === "ArrowLeft") way.step("previous");
      else if (event.key === "ArrowRight") way.step("next");
      else if (event.key === "Delete") onDelete();
      else if (event.key === "Escape") way.back();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [way, onDelete]);
}

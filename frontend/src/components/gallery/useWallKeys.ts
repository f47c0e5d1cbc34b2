// Keys that work on the whole gallery page, wherever the focus is.
import { useEffect } from "react";
import { isTyping } from "@/utils/keyboard";

type Keys = { onSelectAll: () => void; onEscape: () => void };

export function useWallKeys({ onSelectAll, onEscape }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target)) return;
      if (event.key === "Escape") onEscape();
      if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && !event.altKey) {
        event.preventDefault();
        onSelectAll();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [onSelectAll, onEscape]);
}

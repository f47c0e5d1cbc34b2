// Keys that work on the whole gallery page, wherever the focus is.
import { useEffect } from "react";

type Keys = { onSelectAll: () => void; onEscape: () => void };

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest?.("input, textarea, select, [contenteditable], [role=menu]"));
}

export function useWallKeys({ onSelectAll, onEscape }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A menu or dialog that is open has the first word.
      if (event.defaultPrevented || isTyping(event.target)) return;
      if ((event.target as HTMLElement).closest?.("[role=dialog], [role=alertdialog]")) return;
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

// The keys of rate mode. Fields and open overlays keep theirs.
import { useEffect } from "react";
import { ratingOfKey } from "@/components/rating/useRating";
import { isTyping } from "@/utils/keyboard";
import type { Verdict } from "./useVerdicts";

const others: Readonly<Record<string, Verdict>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowUp: 0,
  s: 0,
};

export function isUndo(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
}

type Handlers = { onVerdict: (verdict: Verdict) => void; onUndo: () => void };

export function useRateKeys({ onVerdict, onUndo }: Handlers): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || isTyping(event.target)) return;
      if (isUndo(event)) {
        event.preventDefault();
        onUndo();
        return;
      }
      const rating = ratingOfKey(event);
      const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
      const verdict = rating ?? (modified ? undefined : others[event.key]);
      if (verdict === undefined) return;
      event.preventDefault();
      onVerdict(verdict);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}

// Whether the main pointer is a finger, which can't hover.
import { useSyncExternalStore } from "react";

const query = "(hover: none)";

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia?.(query);
  media?.addEventListener("change", listener);
  return () => media?.removeEventListener("change", listener);
}

export function useTouch(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia?.(query).matches ?? false);
}

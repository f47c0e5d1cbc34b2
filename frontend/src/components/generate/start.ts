// The picture to start from. It outlives a reload.
import { announce } from "@/components/ui/LiveRegion";
import { createKeptStore } from "@/utils/keptStore";
import { type Chosen, nameOf } from "./chosen";
import { draftStore, setField } from "./useDraft";

export const startStore = createKeptStore<Chosen | null>("start", null);

/** Takes a picture as the start. If no prompt is there yet, the picture's own is. */
export function startFrom(start: Chosen): void {
  startStore.set(start);
  const own = start.kind === "image" ? start.image.prompt : "";
  if (own && !draftStore.get().prompt.trim()) setField("prompt", own);
  announce(`Starts from: ${nameOf(start)}`);
}

export function clearStart(): void {
  startStore.set(null);
  announce("Starts from nothing again");
}

// The picture to start from: one of the gallery, or a file that was given. It outlives a reload.
import type { Image } from "@/api/types";
import type { GivenPicture } from "@/components/picture/given";
import { describe } from "@/components/picture/Picture";
import { announce } from "@/components/ui/LiveRegion";
import { createKeptStore } from "@/utils/keptStore";
import { draftStore, setField } from "./useDraft";

export type Start = { kind: "image"; image: Image } | { kind: "given"; picture: GivenPicture };

export const startStore = createKeptStore<Start | null>("start", null);

export function nameOfStart(start: Start): string {
  return start.kind === "image" ? describe(start.image) : start.picture.name;
}

/** Takes a picture as the start. If no prompt is there yet, the picture's own is. */
export function startFrom(start: Start): void {
  startStore.set(start);
  const own = start.kind === "image" ? start.image.prompt : "";
  if (own && !draftStore.get().prompt.trim()) setField("prompt", own);
  announce(`Starts from: ${nameOfStart(start)}`);
}

export function clearStart(): void {
  startStore.set(null);
  announce("Starts from nothing again");
}

// The picture whose look is taken over, but not what it shows. It outlives a reload.
import type { Model } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { createKeptStore } from "@/utils/keptStore";
import { type Chosen, nameOf } from "./chosen";

export const styleStore = createKeptStore<Chosen | null>("style", null);

/** Takes a picture's look. Its prompt tells what it shows, so the words stay. */
export function takeLook(style: Chosen): void {
  styleStore.set(style);
  announce(`Takes the look of: ${nameOf(style)}`);
}

export function clearStyle(): void {
  styleStore.set(null);
  announce("Takes no picture's look any more");
}

/** Why no look can be taken over as the form is, and what to do about it. */
export function styleProblem(
  style: Chosen | null,
  start: Chosen | null,
  model: Pick<Model, "title" | "own_sampler"> | undefined,
): string | null {
  if (!style) return null;
  if (start) {
    return "What starts from a picture can't take over a look too: remove one of the two pictures.";
  }
  if (!model?.own_sampler) return null;
  return `${model.title} draws from text alone: choose a Stable Diffusion model, or remove this picture.`;
}

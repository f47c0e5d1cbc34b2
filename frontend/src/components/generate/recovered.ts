// The settings that were read out of a picture, what became of the form, and the way back.
import type { Infotext } from "@/api/exchange";
import { createStore } from "@/utils/store";
import { type Draft, draftOfSettings } from "./draft";
import { draftStore } from "./useDraft";

export type Recovered = {
  file: string;
  answer: Infotext;
  /** The form before, to go back to; `null` when it wasn't changed. */
  before: Draft | null;
};

export const recoveredStore = createStore<Recovered | null>(null);

/** Fills the form with what a picture says, if it says anything. */
export function takeOver(file: string, answer: Infotext): void {
  const before = draftStore.get();
  const { settings } = answer;
  if (!settings) {
    recoveredStore.set({ file, answer, before: null });
    return;
  }
  const [draft, tooLarge] = draftOfSettings(settings, before);
  const unmapped = tooLarge ? [tooLarge, ...answer.unmapped] : answer.unmapped;
  draftStore.set(draft);
  recoveredStore.set({ file, answer: { ...answer, unmapped }, before });
}

/** Back to the form as it was before. */
export function undoTakeOver(): void {
  const before = recoveredStore.get()?.before;
  if (before) draftStore.set(before);
  recoveredStore.set(null);
}

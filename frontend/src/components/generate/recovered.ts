// The settings that were read out of a picture, what became of the form, and the way back.
import type { Infotext } from "@/api/exchange";
import { createStore } from "@/utils/store";
import { type Draft, draftOfSettings } from "./draft";
import { draftStore } from "./useDraft";

export type Recovered = {
  file: File;
  answer: Infotext;
  /** The form before, to go back to; `null` when it holds other settings than the picture's. */
  before: Draft | null;
};

export const recoveredStore = createStore<Recovered | null>(null);

/** Fills the form with what a picture says, if it says anything. */
export function takeOver(file: File, answer: Infotext): void {
  recoveredStore.set({ file, answer, before: null });
  takeSettings();
}

/** Fills the form with the settings of the picture that was read last. */
export function takeSettings(): void {
  const recovered = recoveredStore.get();
  const settings = recovered?.answer.settings;
  if (!recovered || !settings) return;
  const before = draftStore.get();
  const [draft, tooLarge] = draftOfSettings(settings, before);
  const { answer } = recovered;
  const told = answer.unmapped.some(
    ({ name, reason }) => name === "Seed" && reason === tooLarge?.reason,
  );
  const unmapped = tooLarge && !told ? [tooLarge, ...answer.unmapped] : answer.unmapped;
  draftStore.set(draft);
  recoveredStore.set({ ...recovered, answer: { ...answer, unmapped }, before });
}

/** Back to the form as it was before; the picture stays at hand. */
export function undoTakeOver(): void {
  const recovered = recoveredStore.get();
  if (!recovered?.before) return;
  draftStore.set(recovered.before);
  recoveredStore.set({ ...recovered, before: null });
}

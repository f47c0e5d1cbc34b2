// The plan as typed: one for the whole page, kept over reloads.
import { load, save } from "@/utils/storage";
import { createStore, useStore } from "@/utils/store";
import { type Draft, emptyDraft, emptySettings } from "./draft";
import type { Setting } from "./labels";

const key = "retrainDraft";

function restored(): Draft {
  const kept = load<Partial<Draft>>(key, {});
  const settings = { ...emptySettings, ...kept.settings };
  return { ...emptyDraft, ...kept, settings };
}

export const draftStore = createStore<Draft>(restored());
draftStore.subscribe(() => save(key, draftStore.get()));

export function useDraft(): Draft {
  return useStore(draftStore);
}

export function changeDraft(change: Partial<Draft>): void {
  draftStore.set({ ...draftStore.get(), ...change });
}

export function setSetting(name: Setting, value: string): void {
  const { settings } = draftStore.get();
  changeDraft({ settings: { ...settings, [name]: value } });
}

/** Other words for an example, `null` to leave it out, `undefined` to take its own again. */
export function setCaption(example: string, caption: string | null | undefined): void {
  const { [example]: _before, ...captions } = draftStore.get().captions;
  changeDraft({ captions: caption === undefined ? captions : { ...captions, [example]: caption } });
}

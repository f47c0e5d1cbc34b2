// The form's content: one for the whole page, kept over reloads.
import { load, save } from "@/utils/storage";
import { createStore, useStore } from "@/utils/store";
import { type Draft, type DraftField, draftFields, emptyDraft } from "./draft";

const key = "draft";

function restored(): Draft {
  const kept = load<Record<string, unknown>>(key, {});
  const values = draftFields.map((name) => [
    name,
    typeof kept[name] === "string" ? kept[name] : "",
  ]);
  return Object.fromEntries(values) as Draft;
}

export const draftStore = createStore<Draft>(restored());
draftStore.subscribe(() => save(key, draftStore.get()));

export function useDraft(): Draft {
  return useStore(draftStore);
}

export function setField(name: DraftField, value: string): void {
  draftStore.set({ ...draftStore.get(), [name]: value });
}

/** Back to the model's defaults; the words stay. */
export function resetSettings(): void {
  const { prompt, negative_prompt, styles } = draftStore.get();
  draftStore.set({ ...emptyDraft, prompt, negative_prompt, styles });
}

// The editor's form: the settings are one for all pictures, the prompt belongs to its picture. Kept
// over reloads.
import { load, save } from "@/utils/storage";
import { createStore, useStore } from "@/utils/store";
import { type EditDraft, type EditField, editFields, emptyEdit } from "./draft";

const settingsKey = "editSettings";
const promptsKey = "editPrompts";
const mostPrompts = 20;

function restored(): EditDraft {
  const kept = load<Record<string, unknown>>(settingsKey, {});
  const values = editFields.map((name) => [
    name,
    typeof kept[name] === "string" ? kept[name] : emptyEdit[name],
  ]);
  return { ...(Object.fromEntries(values) as EditDraft), prompt: "" };
}

export const editSettings = createStore<EditDraft>(restored());
editSettings.subscribe(() => save(settingsKey, editSettings.get()));

/** Pairs of a picture's key and its prompt, the latest first. */
export const editPrompts = createStore<readonly (readonly [string, string])[]>(
  load<[string, string][]>(promptsKey, []),
);
editPrompts.subscribe(() => save(promptsKey, editPrompts.get()));

export function editDraft(key: string): EditDraft {
  const prompt = editPrompts.get().find(([of]) => of === key)?.[1] ?? "";
  return { ...editSettings.get(), prompt };
}

export function useEditDraft(key: string): EditDraft {
  useStore(editSettings);
  useStore(editPrompts);
  return editDraft(key);
}

export function setEditField(key: string, name: EditField, value: string): void {
  if (name !== "prompt") {
    editSettings.set({ ...editSettings.get(), [name]: value });
    return;
  }
  const others = editPrompts.get().filter(([of]) => of !== key);
  editPrompts.set([[key, value] as const, ...others].slice(0, mostPrompts));
}

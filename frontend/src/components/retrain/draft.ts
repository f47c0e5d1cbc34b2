// What is about to be learnt and how, as typed: text until it is sent. Knows no React.
import type { RetrainBody } from "@/api/types";
import { type Setting, settingNames, settings } from "./labels";

export type Source = "feedback" | "dataset" | "both";
export type Method = "auto" | "lora" | "preference" | "full";

export type Draft = {
  source: Source;
  dataset: string;
  method: Method;
  /** Empty: the model that draws now. */
  base_model: string;
  name: string;
  activate: boolean;
  settings: Readonly<Record<Setting, string>>;
  /** Captions that were changed, by example; `null` leaves the example out. */
  captions: Readonly<Record<string, string | null>>;
};

export type DraftField = Setting | "dataset" | "method" | "base_model" | "name";
export type FieldErrors = Partial<Record<DraftField, string>>;

export const draftFields: readonly DraftField[] = [
  "dataset",
  "method",
  "base_model",
  "name",
  ...settingNames,
];

export const emptySettings = Object.fromEntries(settingNames.map((name) => [name, ""])) as Record<
  Setting,
  string
>;

export const emptyDraft: Draft = {
  source: "feedback",
  dataset: "",
  method: "auto",
  base_model: "",
  name: "",
  activate: false,
  settings: emptySettings,
  captions: {},
};

/** Why a field can't be sent, as far as the page can tell. */
export function check(draft: Draft): FieldErrors {
  const errors: FieldErrors = {};
  if (draft.source !== "feedback" && !draft.dataset.trim()) {
    errors.dataset = "Name a dataset, as owner/name.";
  }
  for (const name of settingNames) {
    const text = draft.settings[name].trim();
    if (!text) continue;
    const value = Number(text);
    const least = name === "seed" ? value >= 0 : value > 0;
    if (!Number.isFinite(value) || !least) {
      errors[name] = name === "seed" ? "A number from 0." : "A number above 0.";
    } else if (settings[name].step === "1" && !Number.isInteger(value)) {
      errors[name] = "A whole number.";
    }
  }
  return errors;
}

export function toBody(draft: Draft): RetrainBody {
  const numbers = settingNames
    .filter((name) => draft.settings[name].trim())
    .map((name) => [name, Number(draft.settings[name])]);
  const dataset = draft.source === "feedback" ? "" : draft.dataset.trim();
  return {
    source: draft.source,
    method: draft.method,
    activate: draft.activate,
    captions: draft.captions,
    ...(dataset && { dataset }),
    ...(draft.base_model && { base_model: draft.base_model }),
    ...(draft.name.trim() && { name: draft.name.trim() }),
    ...Object.fromEntries(numbers),
  };
}

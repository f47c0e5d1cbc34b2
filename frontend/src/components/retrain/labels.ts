// What the choices and settings of a retraining are called, each with a line that explains it.
import type { Method, Source } from "./draft";

type Choice<Value> = { value: Value; label: string; hint: string };

export const sources: readonly Choice<Source>[] = [
  {
    value: "feedback",
    label: "My ratings",
    hint: "The pictures you rated here: it learns your taste.",
  },
  {
    value: "dataset",
    label: "A dataset",
    hint: "Pictures with captions from the hub: it learns what they show.",
  },
  { value: "both", label: "Both", hint: "Your rated pictures together with a dataset." },
];

export const methods: readonly Choice<Method>[] = [
  {
    value: "auto",
    label: "Automatic",
    hint: "What fits the model and the number of your ratings.",
  },
  {
    value: "lora",
    label: "LoRA",
    hint: "Towards what you like and away from what you don't, in a small add-on; hard to spoil.",
  },
  {
    value: "preference",
    label: "Preference",
    hint: "Learns likes, dislikes and comparisons as a choice between them (KTO, DPO).",
  },
  {
    value: "full",
    label: "Full",
    hint: "The same in all weights; best for small models, slow for large ones without a GPU.",
  },
];

export const methodNames: Readonly<Record<string, string>> = Object.fromEntries(
  methods.map(({ value, label }) => [value, label]),
);

export const settings = {
  num_epochs: {
    label: "Epochs",
    hint: "How often it sees every picture, at most.",
    step: "any",
  },
  max_steps: { label: "Steps", hint: "How many steps it learns, at most.", step: "1" },
  learning_rate: {
    label: "Learning rate",
    hint: "How much a step changes; larger is faster and riskier.",
    step: "any",
  },
  batch_size: {
    label: "Batch size",
    hint: "Pictures at once; more is smoother and takes memory.",
    step: "1",
  },
  lora_rank: {
    label: "LoRA rank",
    hint: "How much the add-on can hold; LoRA and preference only.",
    step: "1",
  },
  seed: { label: "Seed", hint: "The same seed learns in the same order.", step: "1" },
} as const;

export type Setting = keyof typeof settings;
export const settingNames = Object.keys(settings) as Setting[];

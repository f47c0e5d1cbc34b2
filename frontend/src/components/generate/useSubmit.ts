// From the form to a job: check, send, and put the server's objections at their fields.
import { useState } from "react";
import { useGenerate, useImageToImage } from "@/api/jobs";
import { useModels } from "@/api/models";
import { ApiProblem, explain } from "@/api/problem";
import { useSystem } from "@/api/system";
import type { Model } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { dataUri } from "@/utils/dataUri";
import { useRequestKey } from "@/utils/useRequestKey";
import {
  check,
  type Draft,
  type DraftField,
  draftFields,
  type FieldErrors,
  modelOf,
  toBody,
  toImageToImage,
} from "./draft";
import { type Start, startStore } from "./start";
import { draftStore } from "./useDraft";

type Problems = { fields: FieldErrors; summary: string | null };
const none: Problems = { fields: {}, summary: null };

/** What the form calls a field of the request. */
function fieldOf(name: string): string {
  if (name === "num_variations") return "num_images";
  if (name === "hires") return "hires_scale";
  return name === "hires.num_inference_steps" ? "hires_steps" : name.replace("hires.", "hires_");
}

function objections(error: unknown): Problems {
  if (!(error instanceof ApiProblem)) return { fields: {}, summary: explain(error) };
  const known = Object.entries(error.fields)
    .map(([name, message]) => [fieldOf(name), message] as const)
    .filter(([name]) => (draftFields as readonly string[]).includes(name));
  const fields = Object.fromEntries(known) as FieldErrors;
  return { fields, summary: known.length > 0 ? null : error.message };
}

export function useSubmit(onFieldError: (first: DraftField) => void, onAccepted: () => void) {
  const models = useModels().data?.items ?? [];
  const limits = useSystem().data?.limits;
  const generate = useGenerate();
  const fromPicture = useImageToImage();
  const [preparing, setPreparing] = useState(false);
  const pending = preparing || generate.isPending || fromPicture.isPending;
  const [problems, setProblems] = useState(none);
  const { keyFor, answered } = useRequestKey();

  function report(found: Problems): void {
    setProblems(found);
    const first = draftFields.find((name) => found.fields[name]);
    if (first) onFieldError(first);
    announce(found.summary ?? (first ? (found.fields[first] ?? "") : ""));
  }

  async function send(draft: Draft, model: Model | undefined, start: Start | null): Promise<void> {
    if (!start) {
      const body = toBody(draft, model);
      await generate.mutateAsync({ body, key: keyFor(body) });
      return;
    }
    const source =
      start.kind === "image"
        ? { image_id: start.image.id }
        : { image: await dataUri(start.picture.file) };
    const body = { ...toImageToImage(draft, model), ...source };
    await fromPicture.mutateAsync({ body, key: keyFor(body) });
  }

  async function submit(): Promise<void> {
    if (pending) return;
    const draft = draftStore.get();
    const model = modelOf(draft, models);
    const fields = check(draft, model, limits);
    if (Object.keys(fields).length > 0) {
      report({ fields, summary: null });
      return;
    }
    setProblems(none);
    setPreparing(true);
    try {
      await send(draft, model, startStore.get());
      answered();
      announce("Request accepted.");
      onAccepted();
    } catch (error) {
      report(objections(error));
    } finally {
      setPreparing(false);
    }
  }

  function forgive(name: DraftField): void {
    if (!problems.fields[name] && !problems.summary) return;
    const { [name]: _fixed, ...fields } = problems.fields;
    setProblems({ fields, summary: null });
  }

  return { submit, forgive, pending, ...problems };
}

// From the form to a job: check, send, and put the server's objections at their fields.
import { useCallback, useEffect, useState } from "react";
import { useGenerate, useImageToImage } from "@/api/jobs";
import { useModels } from "@/api/models";
import { ApiProblem, explain } from "@/api/problem";
import { useSystem } from "@/api/system";
import type { GenerateBody, Model } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { useRequestKey } from "@/utils/useRequestKey";
import { asSent, type Chosen } from "./chosen";
import {
  check,
  type Draft,
  type DraftField,
  draftFields,
  type FieldErrors,
  modelOf,
  toBody,
  toImageToImage,
  usualStyleStrength,
} from "./draft";
import { startStore } from "./start";
import { styleProblem, styleStore } from "./style";
import { draftStore } from "./useDraft";

type Problems = { fields: FieldErrors; summary: string | null };
const none: Problems = { fields: {}, summary: null };

/** What the form calls a field of the request. */
function fieldOf(name: string): string {
  if (name === "num_variations") return "num_images";
  if (name === "hires") return "hires_scale";
  if (name.startsWith("style_reference")) return "style_strength";
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

async function styled(draft: Draft, style: Chosen): Promise<Pick<GenerateBody, "style_reference">> {
  const strength = Number(draft.style_strength || usualStyleStrength);
  return { style_reference: { ...(await asSent(style)), strength } };
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

  async function send(draft: Draft, model: Model | undefined): Promise<void> {
    const start = startStore.get();
    if (start) {
      const body = { ...toImageToImage(draft, model), ...(await asSent(start)) };
      await fromPicture.mutateAsync({ body, key: keyFor(body) });
      return;
    }
    const style = styleStore.get();
    const body = { ...toBody(draft, model), ...(style && (await styled(draft, style))) };
    await generate.mutateAsync({ body, key: keyFor(body) });
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
    const blocked = styleProblem(styleStore.get(), startStore.get(), model);
    if (blocked) {
      // It stands at its picture already.
      onFieldError("style_strength");
      announce(blocked);
      return;
    }
    setProblems(none);
    setPreparing(true);
    try {
      await send(draft, model);
      answered();
      announce("Request accepted.");
      onAccepted();
    } catch (error) {
      report(objections(error));
    } finally {
      setPreparing(false);
    }
  }

  const forgive = useCallback((name: DraftField): void => {
    setProblems((found) => {
      if (!found.fields[name] && !found.summary) return found;
      const { [name]: _fixed, ...fields } = found.fields;
      return { fields, summary: null };
    });
  }, []);

  // What was wrong with one picture says nothing of the next.
  useEffect(() => styleStore.subscribe(() => forgive("style_strength")), [forgive]);

  return { submit, forgive, pending, ...problems };
}

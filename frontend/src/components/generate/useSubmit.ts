// From the form to a job: check, send, and put the server's objections at their fields.
import { useRef, useState } from "react";
import { useGenerate } from "@/api/jobs";
import { useModels } from "@/api/models";
import { ApiProblem, explain } from "@/api/problem";
import { useSystem } from "@/api/system";
import { announce } from "@/components/ui/LiveRegion";
import { uniqueKey } from "@/utils/id";
import { check, type DraftField, draftFields, type FieldErrors, modelOf, toBody } from "./draft";
import { draftStore } from "./useDraft";

type Problems = { fields: FieldErrors; summary: string | null };
const none: Problems = { fields: {}, summary: null };

function objections(error: unknown): Problems {
  if (!(error instanceof ApiProblem)) return { fields: {}, summary: explain(error) };
  const known = Object.entries(error.fields).filter(([name]) =>
    (draftFields as readonly string[]).includes(name),
  );
  const fields = Object.fromEntries(known) as FieldErrors;
  return { fields, summary: known.length > 0 ? null : error.message };
}

export function useSubmit(onFieldError: (first: DraftField) => void, onAccepted: () => void) {
  const models = useModels().data?.items ?? [];
  const limits = useSystem().data?.limits;
  const generate = useGenerate();
  const [problems, setProblems] = useState(none);
  const sending = useRef<{ text: string; key: string } | null>(null);

  function report(found: Problems): void {
    setProblems(found);
    const first = draftFields.find((name) => found.fields[name]);
    if (first) onFieldError(first);
    announce(found.summary ?? (first ? (found.fields[first] ?? "") : ""));
  }

  function submit(): void {
    if (generate.isPending) return;
    const draft = draftStore.get();
    const model = modelOf(draft, models);
    const fields = check(draft, model, limits);
    if (Object.keys(fields).length > 0) {
      report({ fields, summary: null });
      return;
    }
    const body = toBody(draft, model);
    const text = JSON.stringify(body);
    // Nobody may have heard the answer to the last try; the same key then finds the same job.
    const key = sending.current?.text === text ? sending.current.key : uniqueKey();
    sending.current = { text, key };
    setProblems(none);
    generate.mutate(
      { body, key },
      {
        onSuccess: () => {
          sending.current = null;
          announce("Request accepted.");
          onAccepted();
        },
        onError: (error) => report(objections(error)),
      },
    );
  }

  function forgive(name: DraftField): void {
    if (!problems.fields[name] && !problems.summary) return;
    const { [name]: _fixed, ...fields } = problems.fields;
    setProblems({ fields, summary: null });
  }

  return { submit, forgive, pending: generate.isPending, ...problems };
}

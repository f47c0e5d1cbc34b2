// From the plan to a training: check, send, and put the server's objections at their fields.
import { useState } from "react";
import { ApiProblem, explain } from "@/api/problem";
import { useStartRetraining } from "@/api/retrain";
import { announce } from "@/components/ui/LiveRegion";
import { useRequestKey } from "@/utils/useRequestKey";
import { check, type DraftField, draftFields, type FieldErrors, toBody } from "./draft";
import { changeDraft, draftStore } from "./useDraft";

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

export function useStart(onFieldError: (first: DraftField) => void, onStarted: () => void) {
  const { mutate, isPending } = useStartRetraining();
  const [problems, setProblems] = useState(none);
  const { keyFor, answered } = useRequestKey();

  function report(found: Problems): void {
    setProblems(found);
    const first = draftFields.find((name) => found.fields[name]);
    if (first) onFieldError(first);
    announce(found.summary ?? (first ? (found.fields[first] ?? "") : ""));
  }

  function start(): void {
    if (isPending) return;
    const draft = draftStore.get();
    const fields = check(draft);
    if (Object.keys(fields).length > 0) {
      report({ fields, summary: null });
      return;
    }
    const body = toBody(draft);
    setProblems(none);
    mutate(
      { body, key: keyFor(body) },
      {
        onSuccess: () => {
          answered();
          // The name is taken now; the rest may serve again.
          changeDraft({ name: "", captions: {} });
          announce("Training started.");
          onStarted();
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

  return { start, forgive, pending: isPending, ...problems };
}

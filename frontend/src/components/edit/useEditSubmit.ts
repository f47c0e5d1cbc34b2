// From the painted picture to a job: check, send, and put the server's objections at their fields.
import { useState } from "react";
import { useEdits } from "@/api/jobs";
import { ApiProblem, explain } from "@/api/problem";
import { useSystem } from "@/api/system";
import type { Job } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { dataUri } from "@/utils/dataUri";
import { useRequestKey } from "@/utils/useRequestKey";
import { checkEdit, type EditErrors, editBody, editFields } from "./draft";
import { maskPng } from "./pixels";
import type { Source } from "./source";
import { editDraft } from "./useEditDraft";
import type { Work } from "./work";

type Problems = { fields: EditErrors; summary: string | null };
const none: Problems = { fields: {}, summary: null };
const places = ["mask", "extend", ...editFields] as const;

function objections(error: unknown): Problems {
  if (!(error instanceof ApiProblem)) return { fields: {}, summary: explain(error) };
  const known = Object.entries(error.fields).flatMap(([name, message]) => {
    const place = places.find((each) => name === each || name.startsWith(`${each}.`));
    return place ? [[place, message]] : [];
  });
  return {
    fields: Object.fromEntries(known) as EditErrors,
    summary: known.length > 0 ? null : error.message,
  };
}

type Options = {
  onFieldError: (first: keyof EditErrors) => void;
  onAccepted: (job: Job) => void;
};

export function useEditSubmit(source: Source, work: Work, { onFieldError, onAccepted }: Options) {
  const limits = useSystem().data?.limits;
  const edits = useEdits();
  const [problems, setProblems] = useState(none);
  const [preparing, setPreparing] = useState(false);
  const { keyFor, answered } = useRequestKey();

  function report(found: Problems): void {
    setProblems(found);
    const first = places.find((name) => found.fields[name]);
    if (first) onFieldError(first);
    announce(found.summary ?? (first ? (found.fields[first] ?? "") : ""));
  }

  async function submit(): Promise<void> {
    if (edits.isPending || preparing) return;
    work.end("Stroke");
    const draft = editDraft(source.key);
    const painted = work.coverage > 0;
    const prompt = source.image?.prompt || null;
    const fields = checkEdit(draft, { prompt, painted, extend: work.extend }, limits);
    if (Object.keys(fields).length > 0) {
      report({ fields, summary: null });
      return;
    }
    setProblems(none);
    setPreparing(true);
    try {
      const body = {
        ...editBody(draft, work.extend),
        ...(painted && { mask: maskPng(work.mask) }),
        ...(source.image ? { image_id: source.image.id } : { image: await dataUri(source.file) }),
      };
      const job = await edits.mutateAsync({ body, key: keyFor(body) });
      answered();
      announce("Request accepted.");
      onAccepted(job);
    } catch (error) {
      report(objections(error));
    } finally {
      setPreparing(false);
    }
  }

  function forgive(name: keyof EditErrors): void {
    if (!problems.fields[name] && !problems.summary) return;
    const { [name]: _fixed, ...fields } = problems.fields;
    setProblems({ fields, summary: null });
  }

  return { submit, forgive, pending: preparing || edits.isPending, ...problems };
}

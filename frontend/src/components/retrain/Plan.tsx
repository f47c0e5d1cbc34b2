// Before a training: what it will learn from and how, and the start.
import { Separator, Stack, Text } from "@chakra-ui/react";
import { useState } from "react";
import { useTaste } from "@/api/feedback";
import { useModels } from "@/api/models";
import { type Lesson, usePreview } from "@/api/retrain";
import type { Draft, DraftField } from "./draft";
import { HowPart } from "./HowPart";
import { type Setting, settingNames } from "./labels";
import { Part } from "./Part";
import { fieldId } from "./SettingField";
import { SourcePart } from "./SourcePart";
import { StartBar } from "./StartBar";
import { useDraft } from "./useDraft";
import { usePatient } from "./usePatient";
import { useStart } from "./useStart";

const typingMs = 600;
const measured: readonly Setting[] = ["num_epochs", "max_steps", "batch_size", "lora_rank"];

/** The part of the plan that decides what the preview shows. */
export function lessonOf(draft: Draft): Lesson {
  const dataset = draft.source === "feedback" ? "" : draft.dataset.trim();
  const numbers = measured
    .map((name) => [name, Number(draft.settings[name].trim())] as const)
    .filter(([, value]) => Number.isFinite(value) && value > 0);
  return {
    source: draft.source,
    method: draft.method,
    ...(dataset && { dataset }),
    ...(draft.base_model && { base_model: draft.base_model }),
    ...Object.fromEntries(numbers),
  };
}

export function Plan({ onStarted }: { onStarted: () => void }) {
  const draft = useDraft();
  const { data: taste } = useTaste();
  const models = useModels().data?.items ?? [];
  const [open, setOpen] = useState(false);

  // A choice counts at once, what is typed when it has been typed.
  const { dataset, settings } = draft;
  const typed = usePatient({ dataset, settings }, typingMs);
  const lesson = lessonOf({ ...draft, ...typed });
  const named = draft.source === "feedback" || dataset.trim() !== "";
  const asked = lesson.source === "feedback" || lesson.dataset !== undefined;
  const query = usePreview(lesson, asked);
  const preview = named && asked ? query.preview : undefined;

  function reveal(name: DraftField): void {
    if ((settingNames as readonly string[]).includes(name)) setOpen(true);
    // The panel has to be there before its field can take the focus.
    setTimeout(() => document.getElementById(fieldId(name))?.focus(), 50);
  }

  const { start, forgive, pending, fields, summary } = useStart(reveal, onStarted);
  const reason = !named
    ? "Name the dataset to learn from."
    : preview && !preview.ready
      ? (preview.reason ?? "There is nothing to learn from yet.")
      : null;

  return (
    <Stack gap="10" separator={<Separator />}>
      <SourcePart
        draft={draft}
        errors={fields}
        onChange={forgive}
        taste={taste}
        preview={preview}
        suggestion={query.preview?.default_dataset}
        stale={query.isPlaceholderData}
        error={query.error}
        onRetry={() => void query.refetch()}
        onMore={
          query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : null
        }
      />
      <HowPart
        draft={draft}
        errors={fields}
        onChange={forgive}
        models={models}
        preview={preview}
        open={open}
        onOpen={setOpen}
      />
      <Part number={3} title="What comes of it">
        <Stack gap="5">
          <Text color="fg.muted" maxWidth="64ch">
            While it learns you see here how far it is, how well it does on pictures that were held
            back, and samples before and after. Nothing changes until you say so.
          </Text>
          <StartBar reason={reason} refusal={summary} pending={pending} onStart={start} />
        </Stack>
      </Part>
    </Stack>
  );
}

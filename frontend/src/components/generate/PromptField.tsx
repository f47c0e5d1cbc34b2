// The prompt. While a model draws that knows only so many words, it offers them as one types.
import { Box, Field, Textarea } from "@chakra-ui/react";
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useState } from "react";
import { useVocabulary } from "@/api/models";
import type { Model } from "@/api/types";
import { Completions } from "./Completions";
import { accept, type Completion } from "./complete";
import { useCompletions } from "./useCompletions";

type Props = {
  ref: RefObject<HTMLTextAreaElement | null>;
  value: string;
  error: string | undefined;
  model: Model | undefined;
  onChange: (text: string) => void;
};

export function PromptField({ ref, value, error, model, onChange }: Props) {
  const list = useId();
  const { items, active, caret, type, close, move } = useCompletions(value, useVocabulary(model));
  const [wanted, setWanted] = useState<number | null>(null);

  // React sets the text, which takes the caret to the end; it belongs behind the new word.
  useLayoutEffect(() => {
    if (wanted === null) return;
    ref.current?.setSelectionRange(wanted, wanted);
    setWanted(null);
  }, [wanted, ref]);

  function take(item: Completion): void {
    const made = accept(value, caret, item);
    onChange(made.text);
    setWanted(made.caret);
    close();
    ref.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const chosen = items[active];
    if (items.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp" && chosen) move(-1);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const open = items.length > 0;
  return (
    <Field.Root invalid={Boolean(error)} position="relative">
      <Field.Label srOnly>Prompt</Field.Label>
      <Textarea
        ref={ref}
        autoresize
        border="none"
        focusRing="none"
        rows={1}
        minHeight={{ base: "10", md: "20" }}
        maxHeight={{ base: "24", md: "60" }}
        px="0"
        py="1"
        textStyle={{ base: "md", md: "xl" }}
        value={value}
        placeholder="Describe a picture"
        enterKeyHint="enter"
        aria-autocomplete={model?.has_vocabulary ? "list" : undefined}
        aria-controls={open ? list : undefined}
        aria-activedescendant={open && items[active] ? `${list}-${active}` : undefined}
        onChange={(event) => {
          onChange(event.target.value);
          type(event.target.selectionStart);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {open && <Completions id={list} items={items} active={active} onTake={take} />}
      <Box srOnly role="status">
        {open && `${items.length} words known: arrow down to choose`}
      </Box>
      <Field.ErrorText>{error}</Field.ErrorText>
    </Field.Root>
  );
}

// The prompt. While a model draws that knows only so many words, it offers them as one types.
import { Box, Field, Textarea } from "@chakra-ui/react";
import {
  type KeyboardEvent,
  type RefObject,
  useId,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";
import { useVocabulary } from "@/api/models";
import { usePrompts } from "@/api/prompts";
import type { Model } from "@/api/types";
import { Completions } from "./Completions";
import { accept, type Completion } from "./complete";
import { useCompletions } from "./useCompletions";
import { useHistoryKeys } from "./useHistoryKeys";
import { weigh } from "./weights";

const none: readonly string[] = [];

function useOwnPrompts(): readonly string[] {
  const { data } = usePrompts();
  return useMemo(() => data?.map(({ text }) => text) ?? none, [data]);
}

type Props = {
  ref: RefObject<HTMLTextAreaElement | null>;
  value: string;
  error: string | undefined;
  model: Model | undefined;
  onChange: (text: string) => void;
};

export function PromptField({ ref, value, error, model, onChange }: Props) {
  const list = useId();
  const { items, active, caret, type, close, move } = useCompletions(
    value,
    useVocabulary(model),
    useOwnPrompts(),
  );
  const [wanted, setWanted] = useState<readonly [number, number] | null>(null);
  const walk = useHistoryKeys(value, (text) => {
    onChange(text);
    setWanted([text.length, text.length]);
    close();
  });

  // React sets the text, which takes the caret to the end; it belongs behind the new word.
  useLayoutEffect(() => {
    if (wanted === null) return;
    ref.current?.setSelectionRange(...wanted);
    setWanted(null);
  }, [wanted, ref]);

  function take(item: Completion): void {
    const made = accept(value, caret, item);
    onChange(made.text);
    setWanted([made.caret, made.caret]);
    close();
    ref.current?.focus();
  }

  /** Ctrl+↑/↓ weighs what is selected, Alt+↑/↓ recalls earlier prompts. */
  function onToolKey(event: KeyboardEvent): boolean {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    const field = ref.current;
    if (direction === 0 || event.shiftKey || !field) return false;
    if (event.altKey && !event.ctrlKey && !event.metaKey) return walk(direction);
    if (event.altKey || !(event.ctrlKey || event.metaKey)) return false;
    const { selectionStart: start, selectionEnd: end } = field;
    const made = weigh({ text: value, start, end }, direction);
    if (made.text !== value) {
      onChange(made.text);
      setWanted([made.start, made.end]);
    }
    close();
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (onToolKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
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
        aria-autocomplete="list"
        aria-keyshortcuts="Control+ArrowUp Control+ArrowDown Alt+ArrowUp Alt+ArrowDown"
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
        {open && `${items.length} suggestions: arrow down to choose`}
      </Box>
      <Field.ErrorText>{error}</Field.ErrorText>
    </Field.Root>
  );
}

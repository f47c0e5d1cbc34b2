// Search as you type: the address follows after a short pause, the focus stays where it is.
import { Icon, IconButton, Input, InputGroup } from "@chakra-ui/react";
import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

const pause = 250;

type Props = { value: string; onChange: (value: string) => void };

export function SearchField({ value, onChange }: Props) {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // Back, or a chip that was removed, changed the address: the field follows it.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function send(next: string): void {
    clearTimeout(timer.current);
    if (next === sent.current) return;
    sent.current = next;
    onChange(next);
  }

  function type(next: string): void {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), pause);
  }

  function clear(): void {
    setText("");
    send("");
    field.current?.focus();
  }

  return (
    <InputGroup
      flex="1"
      minWidth="12rem"
      maxWidth={{ md: "26rem" }}
      startElement={<Icon as={Search} boxSize="4" aria-hidden />}
      endElementProps={{ paddingInlineEnd: "1" }}
      endElement={
        text && (
          <IconButton size="xs" variant="ghost" aria-label="Clear the search" onClick={clear}>
            <Icon as={X} aria-hidden />
          </IconButton>
        )
      }
    >
      <Input
        ref={field}
        // Not type=search: its own clear button would stand beside ours.
        role="searchbox"
        aria-label="Search prompts, titles and tags"
        placeholder="Search prompts, titles, tags"
        autoComplete="off"
        maxLength={1000}
        rounded="full"
        bg="bg.panel"
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(text);
          if (event.key === "Escape" && text) {
            event.stopPropagation();
            clear();
          }
        }}
      />
    </InputGroup>
  );
}

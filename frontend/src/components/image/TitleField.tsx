// The picture's name: its title, else its prompt; one click away from being edited.
import { Flex, Heading, Icon, IconButton, Input, Text, VisuallyHidden } from "@chakra-ui/react";
import { Check, Pencil, X } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useChangeImage } from "@/api/images";
import type { Image } from "@/api/types";
import { describe } from "@/components/picture/Picture";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { CopyButton } from "./CopyButton";

const longest = 200;

export function TitleField({ image }: { image: Image }) {
  const [editing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !editing) pencil.current?.focus();
    wasEditing.current = editing;
  }, [editing]);

  if (editing) return <Editor image={image} onDone={() => setEditing(false)} />;
  return (
    <Flex align="flex-start" gap="1">
      <Heading as="h1" size="lg" flex="1" lineClamp={image.title ? undefined : "6"}>
        {image.title || image.prompt || <Text as="span">Untitled picture</Text>}
      </Heading>
      {!image.title && image.prompt && <CopyButton text={image.prompt} what="Prompt" />}
      <IconButton
        ref={pencil}
        size="2xs"
        variant="ghost"
        color="fg.muted"
        aria-label={image.title ? "Edit the title" : "Give it a title"}
        title={image.title ? "Edit the title" : "Give it a title"}
        onClick={() => setEditing(true)}
      >
        <Icon as={Pencil} boxSize="3.5" aria-hidden />
      </IconButton>
    </Flex>
  );
}

function Editor({ image, onDone }: { image: Image; onDone: () => void }) {
  const [text, setText] = useState(image.title);
  const change = useChangeImage();

  function save(event: FormEvent): void {
    event.preventDefault();
    const title = text.trim();
    if (title === image.title) {
      onDone();
      return;
    }
    change.mutate(
      { id: image.id, title },
      {
        onSuccess: () => {
          announce(title ? "Title saved" : "Title removed");
          onDone();
        },
        onError: (error) => notifyError(error, "The title wasn't saved"),
      },
    );
  }

  return (
    <Flex as="form" gap="1" onSubmit={save}>
      <VisuallyHidden as="h1">{describe(image)}</VisuallyHidden>
      <Input
        autoFocus
        size="sm"
        aria-label="Title"
        placeholder="Title"
        maxLength={longest}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onDone();
        }}
      />
      <IconButton
        type="submit"
        size="sm"
        variant="ghost"
        aria-label="Save the title"
        loading={change.isPending}
      >
        <Icon as={Check} aria-hidden />
      </IconButton>
      <IconButton size="sm" variant="ghost" aria-label="Don't change the title" onClick={onDone}>
        <Icon as={X} aria-hidden />
      </IconButton>
    </Flex>
  );
}

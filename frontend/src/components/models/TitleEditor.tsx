// A version's title being changed. Its name stays, because pictures remember it.
import { Flex, Icon, IconButton, Input, VisuallyHidden } from "@chakra-ui/react";
import { Check, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useRenameModel } from "@/api/models";
import type { Model } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";

const longest = 200;

type Props = { model: Model; headingId: string; onDone: () => void };

export function TitleEditor({ model, headingId, onDone }: Props) {
  const [text, setText] = useState(model.title);
  const rename = useRenameModel();

  function save(event: FormEvent): void {
    event.preventDefault();
    const title = text.trim();
    if (!title || title === model.title) {
      onDone();
      return;
    }
    rename.mutate(
      { name: model.name, title },
      {
        onSuccess: () => {
          announce(`Renamed to ${title}`);
          onDone();
        },
        onError: (error) => notifyError(error, "It wasn't renamed"),
      },
    );
  }

  return (
    <Flex as="form" gap="1" flex="1" minWidth="14rem" onSubmit={save}>
      <VisuallyHidden as="h2" id={headingId}>
        {model.title}
      </VisuallyHidden>
      <Input
        autoFocus
        size="sm"
        aria-label="Title"
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
        loading={rename.isPending}
      >
        <Icon as={Check} aria-hidden />
      </IconButton>
      <IconButton size="sm" variant="ghost" aria-label="Don't change the title" onClick={onDone}>
        <Icon as={X} aria-hidden />
      </IconButton>
    </Flex>
  );
}

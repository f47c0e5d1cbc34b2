// Prompts that were drawn before and the favourites, to be taken up again.
import {
  Box,
  Button,
  Flex,
  Icon,
  IconButton,
  Input,
  Popover,
  Portal,
  Text,
} from "@chakra-ui/react";
import { History, Star, X } from "lucide-react";
import { useState } from "react";
import { type KnownPrompt, useFavourites, useForgetPrompt, usePrompts } from "@/api/prompts";
import { notifyError } from "@/components/ui/toaster";

const shown = 50;

export function HistoryMenu({ onPick }: { onPick: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root
      open={open}
      onOpenChange={(event) => setOpen(event.open)}
      lazyMount
      unmountOnExit
      positioning={{ placement: "bottom-start" }}
    >
      <Popover.Trigger asChild>
        <IconButton
          size="xs"
          variant="ghost"
          aria-label="Earlier prompts"
          title="Earlier prompts (Alt + ↑ in the prompt)"
        >
          <Icon as={History} aria-hidden />
        </IconButton>
      </Popover.Trigger>
      <Portal>
        <Popover.Positioner>
          <Popover.Content width="min(26rem, 92vw)" aria-label="Earlier prompts">
            <Popover.Body p="2">
              <Known
                onPick={(text) => {
                  onPick(text);
                  setOpen(false);
                }}
              />
            </Popover.Body>
          </Popover.Content>
        </Popover.Positioner>
      </Portal>
    </Popover.Root>
  );
}

function Known({ onPick }: { onPick: (text: string) => void }) {
  const [words, setWords] = useState("");
  const [only, setOnly] = useState(false);
  const latest = usePrompts();
  const favourites = useFavourites();
  const forget = useForgetPrompt();
  const source = only ? favourites : latest;
  const fitting = (source.data ?? []).filter(({ text }) =>
    text.toLowerCase().includes(words.trim().toLowerCase()),
  );
  return (
    <Box>
      <Flex gap="2" mb="2">
        <Input
          size="sm"
          aria-label="Search the earlier prompts"
          placeholder="Search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Button
          size="sm"
          variant={only ? "subtle" : "outline"}
          aria-pressed={only}
          onClick={() => setOnly(!only)}
        >
          <Icon as={Star} aria-hidden />
          Favourites
        </Button>
      </Flex>
      <Box as="ul" listStyleType="none" maxHeight="min(20rem, 50dvh)" overflowY="auto">
        {fitting.slice(0, shown).map((one) => (
          <Entry
            key={one.id}
            prompt={one}
            onPick={() => onPick(one.text)}
            onForget={() =>
              forget.mutate(one.id, {
                onError: (error) => notifyError(error, "It is still there"),
              })
            }
          />
        ))}
      </Box>
      {fitting.length === 0 && (
        <Text textStyle="sm" color="fg.muted" px="2" py="3">
          {source.isPending
            ? "Looking …"
            : only && !words
              ? "No favourites yet: the star under the prompt keeps one."
              : words
                ? "None with these words."
                : "What you draw will be found here."}
        </Text>
      )}
    </Box>
  );
}

type EntryProps = { prompt: KnownPrompt; onPick: () => void; onForget: () => void };

function Entry({ prompt, onPick, onForget }: EntryProps) {
  return (
    <Flex as="li" align="center">
      <Button
        variant="ghost"
        size="sm"
        flex="1"
        minWidth="0"
        justifyContent="start"
        textAlign="start"
        fontWeight="normal"
        height="auto"
        py="1.5"
        px="2"
        whiteSpace="normal"
        onClick={onPick}
      >
        {prompt.favourite && (
          <Icon
            as={Star}
            fill="currentColor"
            color="accent.fg"
            boxSize="3"
            aria-label="Favourite"
          />
        )}
        <Text as="span" lineClamp="2">
          {prompt.text}
        </Text>
      </Button>
      <IconButton
        size="xs"
        variant="ghost"
        color="fg.muted"
        aria-label={`Forget ${prompt.text}`}
        title="Forget it"
        onClick={onForget}
      >
        <Icon as={X} aria-hidden />
      </IconButton>
    </Flex>
  );
}

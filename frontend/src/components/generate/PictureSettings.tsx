// Takes the settings of a picture into the form: a button to choose one, and what came of it.
import {
  Alert,
  Box,
  Button,
  CloseButton,
  Collapsible,
  Flex,
  Icon,
  Spinner,
  Text,
} from "@chakra-ui/react";
import { ChevronDown, ImageUp } from "lucide-react";
import { useRef } from "react";
import type { Infotext } from "@/api/exchange";
import { DropVeil } from "@/components/ui/DropVeil";
import { filesOfInput, pictureTypes } from "@/utils/files";
import { count } from "@/utils/format";
import { useStore } from "@/utils/store";
import { type Recovered, recoveredStore, undoTakeOver } from "./recovered";
import { useRecover } from "./useRecover";

export function PictureSettings() {
  const { read, reading, over } = useRecover();
  const recovered = useStore(recoveredStore);
  const input = useRef<HTMLInputElement>(null);
  return (
    <Box>
      <DropVeil show={over}>Let go to use this picture's settings</DropVeil>
      {recovered ? (
        <Outcome recovered={recovered} onAnother={() => input.current?.click()} />
      ) : (
        <Button
          size="xs"
          variant="ghost"
          color="fg.muted"
          fontWeight="normal"
          disabled={reading !== null}
          onClick={() => input.current?.click()}
        >
          {reading === null ? <Icon as={ImageUp} aria-hidden /> : <Spinner size="xs" />}
          {reading === null ? "Settings from a picture" : `Reading ${reading}`}
          <Text as="span" hideBelow="md" color="fg.muted">
            {reading === null && "(or drop one anywhere)"}
          </Text>
        </Button>
      )}
      <input
        ref={input}
        type="file"
        accept={pictureTypes}
        hidden
        aria-label="Picture to take the settings from"
        onChange={(event) => {
          read(filesOfInput(event.currentTarget));
          // The same file may be chosen again.
          event.currentTarget.value = "";
        }}
      />
    </Box>
  );
}

type OutcomeProps = { recovered: Recovered; onAnother: () => void };

function Outcome({ recovered, onAnother }: OutcomeProps) {
  const { answer, before, file } = recovered;
  const { unmapped, notes, program } = answer;
  const title = program
    ? `Settings of ${file}, as ${program} wrote them`
    : `${file} doesn't say how it was made`;
  return (
    <Alert.Root
      as="section"
      aria-label="Settings from a picture"
      status="neutral"
      size="sm"
      alignItems="flex-start"
    >
      <Alert.Indicator />
      <Box flex="1" minWidth="0">
        <Alert.Title fontWeight="medium" wordBreak="break-word">
          {title}
        </Alert.Title>
        {!program && (
          <Alert.Description>
            Screenshots and pictures that were sent through chats usually lose it.
          </Alert.Description>
        )}
        {notes.map((note) => (
          <Alert.Description key={note}>{note}</Alert.Description>
        ))}
        {unmapped.length > 0 && <LeftOut unmapped={unmapped} />}
        <Flex gap="2" mt="2" wrap="wrap">
          {before && (
            <Button size="xs" variant="outline" onClick={undoTakeOver}>
              Undo
            </Button>
          )}
          <Button size="xs" variant="ghost" onClick={onAnother}>
            Another picture
          </Button>
        </Flex>
      </Box>
      <CloseButton
        size="2xs"
        aria-label="Close: settings from a picture"
        onClick={() => recoveredStore.set(null)}
      />
    </Alert.Root>
  );
}

function LeftOut({ unmapped }: { unmapped: Infotext["unmapped"] }) {
  const few = unmapped.length <= 3;
  const list = (
    <Box as="ul" ps="4" mt="1" listStyleType="disc">
      {unmapped.map(({ name, value, reason }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two LoRAs may read the same
        <Box as="li" key={`${name} ${index}`} wordBreak="break-word">
          <Text as="span" fontWeight="medium">
            {name}
          </Text>{" "}
          {value}: {reason}.
        </Box>
      ))}
    </Box>
  );
  if (few) return list;
  return (
    <Collapsible.Root mt="1">
      <Collapsible.Trigger asChild>
        <Button size="xs" variant="ghost" px="1">
          {count(unmapped.length, "setting")} couldn't be taken over
          <Collapsible.Indicator>
            <Icon as={ChevronDown} boxSize="3" aria-hidden />
          </Collapsible.Indicator>
        </Button>
      </Collapsible.Trigger>
      <Collapsible.Content>{list}</Collapsible.Content>
    </Collapsible.Root>
  );
}

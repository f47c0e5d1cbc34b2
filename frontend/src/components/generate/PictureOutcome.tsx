// A picture that was given: what it says of how it was made, and the four things to do with it.
import {
  Alert,
  Box,
  Button,
  Image as ChakraImage,
  CloseButton,
  Collapsible,
  Flex,
  Icon,
  Text,
} from "@chakra-ui/react";
import { ChevronDown, ImagePlay, Paintbrush, Pipette, Undo2, Wand } from "lucide-react";
import { useEffect, useState } from "react";
import type { Infotext } from "@/api/exchange";
import { count } from "@/utils/format";
import { useStore } from "@/utils/store";
import type { Chosen } from "./chosen";
import { type Recovered, recoveredStore, takeSettings, undoTakeOver } from "./recovered";
import { startStore } from "./start";
import { styleStore } from "./style";

type Props = {
  recovered: Recovered;
  onStart: (file: File) => void;
  onLook: (file: File) => void;
  onEdit: (file: File) => void;
};

function titleOf({ answer, before, file }: Recovered): string {
  if (!answer.program) return `${file.name} doesn't say how it was made`;
  return before
    ? `Settings of ${file.name}, as ${answer.program} wrote them`
    : `${file.name} was made with ${answer.program}`;
}

function isFile(chosen: Chosen | null, file: File): boolean {
  return chosen?.kind === "given" && chosen.picture.file === file;
}

export function PictureOutcome({ recovered, onStart, onLook, onEdit }: Props) {
  const { answer, before, file } = recovered;
  const started = isFile(useStore(startStore), file);
  const taken = isFile(useStore(styleStore), file);
  return (
    <Alert.Root
      as="section"
      aria-label="Settings from a picture"
      status="neutral"
      size="sm"
      alignItems="flex-start"
      gap="3"
    >
      <Thumbnail file={file} />
      <Box flex="1" minWidth="0">
        <Alert.Title fontWeight="medium" wordBreak="break-word">
          {titleOf(recovered)}
        </Alert.Title>
        {!answer.program && (
          <Alert.Description>
            Screenshots and pictures that were sent through chats usually lose it. It can still be a
            start, give its look, or be edited.
          </Alert.Description>
        )}
        {before &&
          answer.notes.map((note) => <Alert.Description key={note}>{note}</Alert.Description>)}
        {before && answer.unmapped.length > 0 && <LeftOut unmapped={answer.unmapped} />}
        <Flex gap="2" mt="2" wrap="wrap">
          {before && (
            <Button size="xs" variant="outline" onClick={undoTakeOver}>
              <Icon as={Undo2} boxSize="3.5" aria-hidden />
              Undo
            </Button>
          )}
          {!before && answer.settings && (
            <Button size="xs" variant="outline" onClick={takeSettings}>
              <Icon as={Wand} boxSize="3.5" aria-hidden />
              Use its settings
            </Button>
          )}
          <Button size="xs" variant="outline" disabled={started} onClick={() => onStart(file)}>
            <Icon as={ImagePlay} boxSize="3.5" aria-hidden />
            {started ? "It is the start" : "Start from this picture"}
          </Button>
          <Button size="xs" variant="outline" disabled={taken} onClick={() => onLook(file)}>
            <Icon as={Pipette} boxSize="3.5" aria-hidden />
            {taken ? "It gives its look" : "Take its look"}
          </Button>
          <Button size="xs" variant="outline" onClick={() => onEdit(file)}>
            <Icon as={Paintbrush} boxSize="3.5" aria-hidden />
            Edit it
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

function Thumbnail({ file }: { file: File }) {
  const [url, setUrl] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    setFailed(false);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!url || failed) return <Alert.Indicator />;
  return (
    <ChakraImage
      src={url}
      alt=""
      boxSize="12"
      fit="cover"
      rounded="l1"
      flexShrink="0"
      onError={() => setFailed(true)}
    />
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

// The picture that is started from, how far the result may stray from it, and how it gets to size.
import {
  Box,
  Image as ChakraImage,
  CloseButton,
  Flex,
  HStack,
  NativeSelect,
  Slider,
  Text,
} from "@chakra-ui/react";
import { useEffect, useState } from "react";
import type { ResizeMode } from "@/api/types";
import { useStore } from "@/utils/store";
import { type Draft, type FieldErrors, usualStrength } from "./draft";
import { resizeModes, resizeNotes } from "./labels";
import { fieldId } from "./SettingField";
import { clearStart, nameOfStart, type Start, startStore } from "./start";
import { setField } from "./useDraft";

export function strayed(percent: number): string {
  if (percent <= 30) return "Stays close to it";
  if (percent <= 60) return "Keeps the composition";
  return percent < 95 ? "Keeps hints of it" : "Keeps next to nothing";
}

function useThumbnail(start: Start): string | undefined {
  const [url, setUrl] = useState<string>();
  const file = start.kind === "given" ? start.picture.file : null;
  useEffect(() => {
    if (!file) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return start.kind === "image" ? start.image.thumbnail_url : url;
}

type Props = {
  draft: Draft;
  errors: FieldErrors;
  onChange: (name: "strength" | "resize_mode") => void;
};

export function StartField(props: Props) {
  const start = useStore(startStore);
  return start ? <Filled key={nameOfStart(start)} start={start} {...props} /> : null;
}

function Filled({ start, draft, errors, onChange }: Props & { start: Start }) {
  const url = useThumbnail(start);
  const name = nameOfStart(start);
  const percent = Math.round(100 * Number(draft.strength || usualStrength));
  const mode = (draft.resize_mode || "crop") as ResizeMode;
  return (
    <Flex
      role="group"
      aria-label={`Start picture: ${name}`}
      gap="3"
      align="center"
      bg="bg.subtle"
      rounded="l2"
      p="2"
      mt="2"
    >
      <Box
        boxSize={{ base: "14", md: "16" }}
        flexShrink="0"
        rounded="l1"
        overflow="hidden"
        bg="bg.muted"
      >
        {url && <ChakraImage src={url} alt={`Start picture: ${name}`} boxSize="full" fit="cover" />}
      </Box>
      <Flex
        flex="1"
        minWidth="0"
        gap={{ base: "1", md: "5" }}
        direction={{ base: "column", md: "row" }}
        align={{ md: "center" }}
      >
        <Slider.Root
          id={fieldId("strength")}
          size="sm"
          flex="1"
          minWidth="0"
          colorPalette="accent"
          min={5}
          max={100}
          step={5}
          value={[percent]}
          getAriaValueText={({ value }) => `${value} percent`}
          onValueChange={({ value }) => {
            setField("strength", String((value[0] ?? percent) / 100));
            onChange("strength");
          }}
        >
          <HStack justify="space-between" gap="2">
            <Slider.Label>Strength</Slider.Label>
            <Text textStyle="xs" color="fg.muted" truncate fontVariantNumeric="tabular-nums">
              {errors.strength ?? `${percent} % · ${strayed(percent)}`}
            </Text>
          </HStack>
          <Slider.Control>
            <Slider.Track>
              <Slider.Range />
            </Slider.Track>
            <Slider.Thumbs />
          </Slider.Control>
        </Slider.Root>
        <NativeSelect.Root size="xs" width={{ base: "full", md: "36" }}>
          <NativeSelect.Field
            id={fieldId("resize_mode")}
            aria-label="How it gets to the size"
            title={resizeNotes[mode]}
            value={mode}
            onChange={(event) => {
              setField("resize_mode", event.target.value);
              onChange("resize_mode");
            }}
          >
            {Object.entries(resizeModes).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </NativeSelect.Field>
          <NativeSelect.Indicator />
        </NativeSelect.Root>
      </Flex>
      <CloseButton
        size="xs"
        alignSelf="start"
        aria-label="Remove the start picture"
        title="Remove the start picture"
        onClick={clearStart}
      />
    </Flex>
  );
}

// How much of something, in steps of 5 %, with what to expect of it or what is wrong with it.
import { HStack, Slider, Text } from "@chakra-ui/react";
import type { DraftField } from "./draft";
import { fieldId } from "./SettingField";
import { setField } from "./useDraft";

type Props = {
  name: DraftField;
  label: string;
  /** As it is in the form; empty: `usual`. */
  value: string;
  usual: number;
  words: (percent: number) => string;
  error?: string | undefined;
  onChange: (name: DraftField) => void;
};

export function StrengthSlider({ name, label, value, usual, words, error, onChange }: Props) {
  const percent = Math.round(100 * Number(value || usual));
  const errorId = `${fieldId(name)}-error`;
  return (
    <Slider.Root
      // Its handle takes the focus when something is wrong with it.
      ids={{ thumb: () => fieldId(name) }}
      size="sm"
      flex="1"
      minWidth="0"
      width="full"
      colorPalette="accent"
      min={5}
      max={100}
      step={5}
      value={[percent]}
      getAriaValueText={({ value: part }) => `${part} percent, ${words(part)}`}
      onValueChange={({ value: [part = percent] }) => {
        setField(name, String(part / 100));
        onChange(name);
      }}
    >
      <HStack justify="space-between" columnGap="2" rowGap="0" wrap="wrap">
        <Slider.Label>{label}</Slider.Label>
        <Text textStyle="xs" color="fg.muted" fontVariantNumeric="tabular-nums">
          {`${percent} % · ${words(percent)}`}
        </Text>
      </HStack>
      <Slider.Control>
        <Slider.Track>
          <Slider.Range />
        </Slider.Track>
        <Slider.Thumbs aria-describedby={error ? errorId : undefined} />
      </Slider.Control>
      {error && (
        <Text id={errorId} textStyle="xs" color="fg.error" aria-live="polite">
          {error}
        </Text>
      )}
    </Slider.Root>
  );
}

// The picture that is started from, how far the result may stray from it, and how it gets to size.
import { NativeSelect } from "@chakra-ui/react";
import type { ResizeMode } from "@/api/types";
import { useStore } from "@/utils/store";
import { ChosenPicture } from "./ChosenPicture";
import { nameOf } from "./chosen";
import { type Draft, type DraftField, type FieldErrors, usualStrength } from "./draft";
import { resizeModes, resizeNotes } from "./labels";
import { fieldId } from "./SettingField";
import { StrengthSlider } from "./StrengthSlider";
import { clearStart, startStore } from "./start";
import { setField } from "./useDraft";

export function strayed(percent: number): string {
  if (percent <= 30) return "Stays close to it";
  if (percent <= 60) return "Keeps the composition";
  return percent < 95 ? "Keeps hints of it" : "Keeps next to nothing";
}

type Props = { draft: Draft; errors: FieldErrors; onChange: (name: DraftField) => void };

export function StartField({ draft, errors, onChange }: Props) {
  const start = useStore(startStore);
  if (!start) return null;
  const mode = (draft.resize_mode || "crop") as ResizeMode;
  return (
    <ChosenPicture key={nameOf(start)} chosen={start} what="Start picture" onRemove={clearStart}>
      <StrengthSlider
        name="strength"
        label="Strength"
        value={draft.strength}
        usual={usualStrength}
        words={strayed}
        error={errors.strength}
        onChange={onChange}
      />
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
    </ChosenPicture>
  );
}

// A second pass at a larger size: off, or how much larger and how.
import { SimpleGrid } from "@chakra-ui/react";
import type { Upscaler } from "@/api/types";
import { type Draft, type DraftField, type FieldErrors, isHires } from "./draft";
import { upscalerNotes, upscalers } from "./labels";
import { NumberSetting, SelectSetting } from "./SettingField";

const scales = ["1.5", "2", "3", "4"];

function scaleChoices(current: string) {
  const known = current === "" || current === "1" || scales.includes(current);
  const all = known ? scales : [...scales, current].sort((a, b) => Number(a) - Number(b));
  return [
    { value: "", label: "Off" },
    ...all.map((value) => ({ value, label: `${value} times as large` })),
  ];
}

type Props = { draft: Draft; errors: FieldErrors; onChange: (name: DraftField) => void };

export function HiresSettings({ draft, errors, onChange }: Props) {
  const on = isHires(draft);
  const upscaler = (draft.hires_upscaler || "latent") as Upscaler;
  const setting = <Name extends Exclude<DraftField, "prompt">>(name: Name) => ({
    name,
    value: draft[name],
    error: errors[name],
    onChange,
  });
  return (
    <SimpleGrid role="group" aria-label="Second pass" columns={{ base: 2, md: 4 }} gap="5">
      <SelectSetting
        label="Hi-res"
        {...setting("hires_scale")}
        value={on ? draft.hires_scale : ""}
        options={scaleChoices(draft.hires_scale)}
      />
      {on && (
        <>
          <NumberSetting
            label="Hi-res strength"
            {...setting("hires_strength")}
            placeholder="0.5"
            input={{ min: 0.05, max: 1, step: 0.05, inputMode: "decimal" }}
          />
          <NumberSetting
            label="Hi-res steps"
            {...setting("hires_steps")}
            input={{ min: 1, step: 1 }}
          />
          <SelectSetting
            label="Upscaler"
            {...setting("hires_upscaler")}
            value={upscaler}
            note={upscalerNotes[upscaler]}
            options={Object.entries(upscalers).map(([value, label]) => ({ value, label }))}
          />
        </>
      )}
    </SimpleGrid>
  );
}

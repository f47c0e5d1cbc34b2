// Everything beside the prompt, each with one line that explains it. Empty fields follow the model.
import {
  Button,
  Field,
  Flex,
  Icon,
  IconButton,
  SimpleGrid,
  Stack,
  Textarea,
} from "@chakra-ui/react";
import { Dices } from "lucide-react";
import type { Model, Sampler, Schedule } from "@/api/types";
import { type Draft, type DraftField, effective, type FieldErrors } from "./draft";
import { HiresSettings } from "./HiresSettings";
import { explanations, samplerNotes, samplers, scheduleNotes, schedules } from "./labels";
import { NegativePresets } from "./NegativePresets";
import { fieldId, NumberSetting, SelectSetting } from "./SettingField";
import { SizePresets } from "./SizePresets";
import { resetSettings, setField } from "./useDraft";

type Props = {
  draft: Draft;
  models: readonly Model[];
  model: Model | undefined;
  errors: FieldErrors;
  onChange: (name: DraftField) => void;
};

const randomSeed = () => String(Math.floor(Math.random() * 2 ** 32));

function choices(labels: Record<string, string>, usual: string | undefined) {
  const byDefault = usual ? `Model's default (${labels[usual]})` : "Model's default";
  return [
    { value: "", label: byDefault },
    ...Object.entries(labels).map(([value, label]) => ({ value, label })),
  ];
}

const OWN = [{ value: "", label: "The model's own" }];

function modelChoices(models: readonly Model[]) {
  const active = models.find((model) => model.active);
  return [
    { value: "", label: active ? `The active one (${active.title})` : "The active one" },
    ...models.map(({ name, title, state }) => ({
      value: name,
      label: state === "ready" ? title : `${title} (not ready)`,
      disabled: state !== "ready",
    })),
  ];
}

export function Settings({ draft, models, model, errors, onChange }: Props) {
  const defaults = model?.defaults;
  const values = effective(draft, model);
  const setting = (name: Exclude<DraftField, "prompt">, usual?: number | null) => ({
    name,
    value: draft[name],
    error: errors[name],
    onChange,
    ...(usual != null && { placeholder: String(usual) }),
  });
  return (
    <Stack gap="5">
      <Field.Root id={fieldId("negative_prompt")} invalid={!!errors.negative_prompt}>
        <Field.Label>Negative prompt</Field.Label>
        <Textarea
          autoresize
          rows={1}
          value={draft.negative_prompt}
          placeholder="blurry, text, frame"
          onChange={(event) => {
            setField("negative_prompt", event.target.value);
            onChange("negative_prompt");
          }}
        />
        <NegativePresets
          value={draft.negative_prompt}
          onChange={(text) => {
            setField("negative_prompt", text);
            onChange("negative_prompt");
          }}
        />
        <Field.HelperText>{explanations.negative_prompt}</Field.HelperText>
        <Field.ErrorText>{errors.negative_prompt}</Field.ErrorText>
      </Field.Root>
      {model && (
        <SizePresets
          model={model}
          width={values.width}
          height={values.height}
          onChange={() => {
            onChange("width");
            onChange("height");
          }}
        />
      )}
      <SimpleGrid columns={{ base: 2, md: 3 }} gap="5">
        <NumberSetting
          label="Width"
          {...setting("width", defaults?.width)}
          input={{ step: model?.size_multiple, min: model?.size_multiple, max: model?.max_size }}
        />
        <NumberSetting
          label="Height"
          {...setting("height", defaults?.height)}
          input={{ step: model?.size_multiple, min: model?.size_multiple, max: model?.max_size }}
        />
        <NumberSetting label="Pictures" {...setting("num_images", 1)} input={{ min: 1, step: 1 }} />
        <NumberSetting
          label="Steps"
          {...setting("num_inference_steps", defaults?.num_inference_steps)}
          input={{ min: 1, step: 1 }}
        />
        <NumberSetting
          label="Guidance"
          {...setting("guidance_scale", defaults?.guidance_scale)}
          input={{ min: 0, step: 0.5, inputMode: "decimal" }}
        />
        <NumberSetting
          label="Seed"
          {...setting("seed", -1)}
          input={{ min: -1, step: 1 }}
          end={
            <IconButton
              variant="outline"
              aria-label="Roll a seed"
              title="Roll a seed"
              onClick={() => {
                setField("seed", randomSeed());
                onChange("seed");
              }}
            >
              <Icon as={Dices} aria-hidden />
            </IconButton>
          }
        />
        <SelectSetting
          label="Sampler"
          {...setting("sampler")}
          note={model?.own_sampler ? undefined : samplerNotes[values.sampler as Sampler]}
          options={model?.own_sampler ? OWN : choices(samplers, defaults?.sampler)}
        />
        <SelectSetting
          label="Schedule"
          {...setting("schedule")}
          note={model?.own_sampler ? undefined : scheduleNotes[values.schedule as Schedule]}
          options={model?.own_sampler ? OWN : choices(schedules, defaults?.schedule)}
        />
        <SelectSetting label="Model" {...setting("model")} options={modelChoices(models)} />
      </SimpleGrid>
      <HiresSettings draft={draft} errors={errors} onChange={onChange} />
      <Flex>
        <Button size="xs" variant="ghost" onClick={resetSettings}>
          Back to the model's defaults
        </Button>
      </Flex>
    </Stack>
  );
}

// What is seldom changed: folded away, with what the picture or the model has as placeholders.
import { Field, NativeSelect, SimpleGrid, Stack, Textarea } from "@chakra-ui/react";
import { useModels } from "@/api/models";
import type { EditDraft, EditErrors, EditField } from "./draft";
import { NumberField } from "./NumberField";
import type { Source } from "./source";

type Props = {
  source: Source;
  draft: EditDraft;
  fields: EditErrors;
  onChange: (name: EditField, value: string) => void;
};

export function MoreSettings({ source, draft, fields, onChange }: Props) {
  const models = useModels().data?.items ?? [];
  const chosen = models.find(({ name }) => name === (draft.model || source.image?.model));
  const defaults = (chosen ?? models.find(({ active }) => active))?.defaults;
  const own = source.image?.params;
  const steps = own?.num_inference_steps ?? defaults?.num_inference_steps;
  const guidance = own?.guidance_scale ?? defaults?.guidance_scale;
  return (
    <Stack gap="4" pt="3">
      <Field.Root invalid={Boolean(fields.negative_prompt)}>
        <Field.Label>Negative prompt</Field.Label>
        <Textarea
          size="sm"
          autoresize
          rows={1}
          value={draft.negative_prompt}
          placeholder={source.image?.negative_prompt || "blurry, text, frame"}
          onChange={(event) => onChange("negative_prompt", event.target.value)}
        />
        <Field.ErrorText>{fields.negative_prompt}</Field.ErrorText>
      </Field.Root>
      <SimpleGrid columns={3} gap="3">
        <NumberField
          label="Steps"
          value={draft.num_inference_steps}
          placeholder={steps == null ? "" : String(steps)}
          error={fields.num_inference_steps}
          min={1}
          onChange={(value) => onChange("num_inference_steps", value)}
        />
        <NumberField
          label="Guidance"
          value={draft.guidance_scale}
          placeholder={guidance == null ? "" : String(guidance)}
          error={fields.guidance_scale}
          step={0.5}
          onChange={(value) => onChange("guidance_scale", value)}
        />
        <NumberField
          label="Seed"
          value={draft.seed}
          placeholder="-1"
          error={fields.seed}
          min={-1}
          onChange={(value) => onChange("seed", value)}
        />
      </SimpleGrid>
      <Field.Root invalid={Boolean(fields.model)}>
        <Field.Label>Model</Field.Label>
        <NativeSelect.Root size="sm">
          <NativeSelect.Field
            value={models.some(({ name }) => name === draft.model) ? draft.model : ""}
            onChange={(event) => onChange("model", event.target.value)}
          >
            <option value="">The picture's own, or the active one</option>
            {models.map(({ name, title, state, own_sampler }) => (
              <option key={name} value={name} disabled={state !== "ready" || own_sampler}>
                {state === "ready" ? title : `${title} (not ready)`}
              </option>
            ))}
          </NativeSelect.Field>
          <NativeSelect.Indicator />
        </NativeSelect.Root>
        <Field.ErrorText>{fields.model}</Field.ErrorText>
      </Field.Root>
    </Stack>
  );
}

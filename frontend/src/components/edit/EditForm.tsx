// What should be drawn where the mask is, and how. Empty fields follow the picture and the model.
import {
  Alert,
  Box,
  Button,
  Checkbox,
  Collapsible,
  Field,
  HStack,
  Icon,
  Input,
  NativeSelect,
  SimpleGrid,
  Slider,
  Stack,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { ChevronDown, Paintbrush } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useState } from "react";
import { useModels } from "@/api/models";
import { useStore } from "@/utils/store";
import { type EditErrors, type EditField, usual } from "./draft";
import { ExtendFields } from "./ExtendFields";
import type { Source } from "./source";
import { setEditField, useEditDraft } from "./useEditDraft";
import type { useEditSubmit } from "./useEditSubmit";
import type { Work } from "./work";

type Props = {
  source: Source;
  work: Work;
  prompt: RefObject<HTMLTextAreaElement | null>;
  sending: ReturnType<typeof useEditSubmit>;
};

const mac = /mac|iphone|ipad/i.test(navigator.platform);

export function EditForm({ source, work, prompt, sending }: Props) {
  const draft = useEditDraft(source.key);
  const [open, setOpen] = useState(false);
  const { submit, forgive, pending, fields, summary } = sending;
  const set = (name: EditField, value: string) => {
    setEditField(source.key, name, value);
    forgive(name);
  };
  // Who paints has heard what was missing.
  const changed = useStore(work.changed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the work matters
  useEffect(() => forgive("mask"), [changed]);
  const own = source.image?.prompt;
  const folded = ["negative_prompt", "num_inference_steps", "guidance_scale", "seed", "model"];
  const hidden = folded.some((name) => fields[name as EditField]);
  return (
    <Stack
      as="form"
      gap="5"
      aria-label="Redraw"
      {...{ noValidate: true }}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field.Root invalid={Boolean(fields.prompt)}>
        <Field.Label>Prompt</Field.Label>
        <Textarea
          ref={prompt}
          autoresize
          rows={3}
          maxHeight="60"
          maxLength={4000}
          value={draft.prompt}
          placeholder={own || "What the picture should show there"}
          onChange={(event) => set("prompt", event.target.value)}
        />
        {fields.prompt ? (
          <Field.ErrorText>{fields.prompt}</Field.ErrorText>
        ) : (
          own && <Field.HelperText>Empty: as in this picture.</Field.HelperText>
        )}
      </Field.Root>
      {(summary || fields.mask) && (
        <Alert.Root status="error" size="sm">
          <Alert.Indicator />
          <Alert.Title fontWeight="normal">{summary ?? fields.mask}</Alert.Title>
        </Alert.Root>
      )}
      <Button
        type="submit"
        colorPalette="accent"
        loading={pending}
        loadingText="Sending"
        title={mac ? "⌘ ↵" : "Ctrl + ↵"}
      >
        <Icon as={Paintbrush} boxSize="4" aria-hidden />
        Redraw
      </Button>
      <Slider.Root
        size="sm"
        colorPalette="accent"
        min={5}
        max={100}
        step={5}
        value={[Number(draft.strength)]}
        getAriaValueText={({ value }) => `${value} percent`}
        onValueChange={({ value }) => set("strength", String(value[0] ?? 100))}
      >
        <HStack justify="space-between">
          <Slider.Label>Strength</Slider.Label>
          <Text textStyle="sm" color="fg.muted" fontVariantNumeric="tabular-nums">
            {draft.strength} %
          </Text>
        </HStack>
        <Slider.Control>
          <Slider.Track>
            <Slider.Range />
          </Slider.Track>
          <Slider.Thumbs />
        </Slider.Control>
        <Text textStyle="xs" color="fg.muted">
          {fields.strength ??
            (draft.strength === "100"
              ? "The masked area is drawn new."
              : "Something of what is there stays: less is closer to it.")}
        </Text>
      </Slider.Root>
      <SimpleGrid columns={2} gap="4">
        <NumberField
          label="Mask blur"
          value={draft.mask_blur}
          placeholder={String(usual.mask_blur)}
          help="Pixels over which new and old blend."
          error={fields.mask_blur}
          max={64}
          onChange={(value) => set("mask_blur", value)}
        />
        <NumberField
          label="Pictures"
          value={draft.num_images}
          placeholder={String(usual.num_images)}
          help="Drawn with neighbouring seeds."
          error={fields.num_images}
          min={1}
          onChange={(value) => set("num_images", value)}
        />
      </SimpleGrid>
      <Box>
        <Checkbox.Root
          checked={draft.only_masked === "yes"}
          colorPalette="accent"
          onCheckedChange={({ checked }) => set("only_masked", checked ? "yes" : "")}
        >
          <Checkbox.HiddenInput />
          <Checkbox.Control />
          <Checkbox.Label>Only the masked area</Checkbox.Label>
        </Checkbox.Root>
        <Text textStyle="xs" color="fg.muted" mt="1">
          It is drawn at the model's full size and put back: more detail in small places.
        </Text>
        {draft.only_masked === "yes" && (
          <Box mt="3" maxWidth="50%">
            <NumberField
              label="Padding"
              value={draft.padding}
              placeholder={String(usual.padding)}
              help="Pixels around it that the model sees."
              error={fields.padding}
              onChange={(value) => set("padding", value)}
            />
          </Box>
        )}
      </Box>
      <ExtendFields work={work} error={fields.extend} onChange={() => forgive("extend")} />
      <Collapsible.Root open={open || hidden} onOpenChange={(event) => setOpen(event.open)}>
        <Collapsible.Trigger asChild>
          <Button size="xs" variant="ghost" px="1">
            More settings
            <Collapsible.Indicator>
              <Icon as={ChevronDown} boxSize="3" aria-hidden />
            </Collapsible.Indicator>
          </Button>
        </Collapsible.Trigger>
        <Collapsible.Content>
          <More source={source} draft={draft} fields={fields} onChange={set} />
        </Collapsible.Content>
      </Collapsible.Root>
    </Stack>
  );
}

type MoreProps = {
  source: Source;
  draft: ReturnType<typeof useEditDraft>;
  fields: EditErrors;
  onChange: (name: EditField, value: string) => void;
};

function More({ source, draft, fields, onChange }: MoreProps) {
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

type NumberProps = {
  label: ReactNode;
  value: string;
  placeholder?: string;
  help?: string;
  error: string | undefined;
  min?: number;
  max?: number;
  step?: number;
  onChange: (value: string) => void;
};

function NumberField({ label, value, placeholder, help, error, onChange, ...input }: NumberProps) {
  return (
    <Field.Root invalid={Boolean(error)}>
      <Field.Label>{label}</Field.Label>
      <Input
        size="sm"
        type="number"
        inputMode={input.step ? "decimal" : "numeric"}
        min={0}
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
      {error ? (
        <Field.ErrorText>{error}</Field.ErrorText>
      ) : (
        help && <Field.HelperText>{help}</Field.HelperText>
      )}
    </Field.Root>
  );
}

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
  SimpleGrid,
  Slider,
  Stack,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { ChevronDown, Paintbrush } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { useStore } from "@/utils/store";
import { type EditField, usual } from "./draft";
import { ExtendFields } from "./ExtendFields";
import { MoreSettings } from "./MoreSettings";
import { NumberField } from "./NumberField";
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
          <MoreSettings source={source} draft={draft} fields={fields} onChange={set} />
        </Collapsible.Content>
      </Collapsible.Root>
    </Stack>
  );
}

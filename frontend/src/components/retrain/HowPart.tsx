// Part two: two or three choices, everything else folded away, and what it will cost.
import {
  Box,
  Button,
  Checkbox,
  Field,
  Flex,
  Icon,
  Input,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
} from "@chakra-ui/react";
import { SlidersHorizontal } from "lucide-react";
import type { Model, RetrainPreview } from "@/api/types";
import { ChoiceCards } from "@/components/ui/ChoiceCards";
import type { Draft, DraftField, FieldErrors } from "./draft";
import { EstimateLine } from "./EstimateLine";
import { methodNames, methods, settingNames } from "./labels";
import { Part } from "./Part";
import { fieldId, SettingField } from "./SettingField";
import { changeDraft } from "./useDraft";

type Props = {
  draft: Draft;
  errors: FieldErrors;
  onChange: (field: DraftField) => void;
  models: readonly Model[];
  preview: RetrainPreview | undefined;
  open: boolean;
  onOpen: (open: boolean) => void;
};

export function HowPart({ draft, errors, onChange, models, preview, open, onOpen }: Props) {
  const active = models.find((model) => model.active);
  const usable = models.filter((model) => model.state === "ready");
  return (
    <Part number={2} title="How">
      <Stack gap="5">
        <Box>
          <ChoiceCards
            label="Method"
            ways={methods}
            columns={4}
            value={draft.method}
            onChange={(method) => {
              changeDraft({ method });
              onChange("method");
            }}
          />
          {draft.method === "auto" && preview && (
            <Text textStyle="sm" color="fg.muted" mt="2">
              Automatic means {methodNames[preview.method] ?? preview.method} at present.
            </Text>
          )}
          {errors.method && (
            <Text role="alert" textStyle="sm" color="fg.error" mt="2">
              {errors.method}
            </Text>
          )}
        </Box>
        <SimpleGrid columns={{ base: 1, md: 2 }} gap="5">
          <Field.Root id={fieldId("base_model")} invalid={Boolean(errors.base_model)}>
            <Field.Label>Start from</Field.Label>
            <NativeSelect.Root>
              <NativeSelect.Field
                value={draft.base_model}
                onChange={(event) => {
                  changeDraft({ base_model: event.target.value });
                  onChange("base_model");
                }}
              >
                <option value="">
                  {active ? `${active.title} (draws now)` : "The model that draws now"}
                </option>
                {usable
                  .filter((model) => !model.active)
                  .map(({ name, title }) => (
                    <option key={name} value={name}>
                      {title}
                    </option>
                  ))}
              </NativeSelect.Field>
              <NativeSelect.Indicator />
            </NativeSelect.Root>
            {errors.base_model ? (
              <Field.ErrorText>{errors.base_model}</Field.ErrorText>
            ) : (
              <Field.HelperText>
                It stays as it is; what is learnt becomes a version.
              </Field.HelperText>
            )}
          </Field.Root>
          <Field.Root id={fieldId("name")} invalid={Boolean(errors.name)}>
            <Field.Label>Name</Field.Label>
            <Input
              value={draft.name}
              placeholder="Chosen for you"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => {
                changeDraft({ name: event.target.value });
                onChange("name");
              }}
            />
            {errors.name ? (
              <Field.ErrorText>{errors.name}</Field.ErrorText>
            ) : (
              <Field.HelperText>
                Letters, digits, dots, dashes. Pictures remember it.
              </Field.HelperText>
            )}
          </Field.Root>
        </SimpleGrid>
        <Flex gap="4" align="center" wrap="wrap">
          <Checkbox.Root
            checked={draft.activate}
            onCheckedChange={({ checked }) => changeDraft({ activate: checked === true })}
          >
            <Checkbox.HiddenInput />
            <Checkbox.Control />
            <Checkbox.Label>Draw with it right away, if it comes out better</Checkbox.Label>
          </Checkbox.Root>
          <Button
            variant="ghost"
            size="sm"
            aria-expanded={open}
            aria-controls={open ? "training-settings" : undefined}
            onClick={() => onOpen(!open)}
          >
            <Icon as={SlidersHorizontal} aria-hidden />
            Advanced
          </Button>
        </Flex>
        {open && (
          <SimpleGrid id="training-settings" columns={{ base: 1, sm: 2, md: 3 }} gap="5">
            {settingNames.map((name) => (
              <SettingField
                key={name}
                name={name}
                value={draft.settings[name]}
                inForce={inForce(preview, name)}
                error={errors[name]}
                onChange={() => onChange(name)}
              />
            ))}
          </SimpleGrid>
        )}
        <EstimateLine estimate={preview?.estimate ?? null} />
      </Stack>
    </Part>
  );
}

/** The value that holds while a field is empty, as the server says. */
function inForce(preview: RetrainPreview | undefined, name: string): string | undefined {
  const value = preview?.options[name === "num_epochs" ? "max_epochs" : name];
  return value == null ? undefined : String(value);
}

// One number of a training: label, input, the value in force while it is empty, what is wrong.
import { Field, Input } from "@chakra-ui/react";
import type { DraftField } from "./draft";
import { type Setting, settings } from "./labels";
import { setSetting } from "./useDraft";

export const fieldId = (name: DraftField) => `retrain-${name}`;

type Props = {
  name: Setting;
  value: string;
  /** What holds while the field is empty. */
  inForce: string | undefined;
  error: string | undefined;
  onChange: () => void;
};

export function SettingField({ name, value, inForce, error, onChange }: Props) {
  const { label, hint, step } = settings[name];
  return (
    <Field.Root id={fieldId(name)} invalid={Boolean(error)}>
      <Field.Label>{label}</Field.Label>
      <Input
        type="number"
        inputMode={step === "1" ? "numeric" : "decimal"}
        min="0"
        step={step}
        value={value}
        placeholder={inForce ?? "By the method"}
        onChange={(event) => {
          setSetting(name, event.target.value);
          onChange();
        }}
      />
      {error ? (
        <Field.ErrorText>{error}</Field.ErrorText>
      ) : (
        <Field.HelperText>{hint}</Field.HelperText>
      )}
    </Field.Root>
  );
}

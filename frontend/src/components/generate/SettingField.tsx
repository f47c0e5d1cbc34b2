// One setting: label, input, one line that explains it, and what is wrong with it.
import { Field, Flex, Input, type InputProps, NativeSelect } from "@chakra-ui/react";
import type { ReactNode } from "react";
import type { DraftField } from "./draft";
import { explanations } from "./labels";
import { setField } from "./useDraft";

export type SettingProps = {
  name: Exclude<DraftField, "prompt">;
  label: string;
  value: string;
  /** What an empty field means. */
  placeholder?: string;
  /** What the value in use means, if there is more to say than what the setting is. */
  note?: string | undefined;
  error?: string | undefined;
  onChange?: ((name: DraftField) => void) | undefined;
};

export const fieldId = (name: DraftField) => `setting-${name}`;

export function Setting({
  name,
  label,
  note,
  error,
  children,
}: SettingProps & { children: ReactNode }) {
  return (
    <Field.Root id={fieldId(name)} invalid={Boolean(error)}>
      <Field.Label>{label}</Field.Label>
      {children}
      {error ? (
        <Field.ErrorText>{error}</Field.ErrorText>
      ) : (
        <Field.HelperText>{note ?? explanations[name]}</Field.HelperText>
      )}
    </Field.Root>
  );
}

export function NumberSetting({
  input,
  end,
  ...setting
}: SettingProps & { input?: InputProps; end?: ReactNode }) {
  const { name, value, placeholder, onChange } = setting;
  return (
    <Setting {...setting}>
      <Flex gap="2" width="full">
        <Input
          type="number"
          inputMode="numeric"
          value={value}
          placeholder={placeholder}
          onChange={(event) => {
            setField(name, event.target.value);
            onChange?.(name);
          }}
          {...input}
        />
        {end}
      </Flex>
    </Setting>
  );
}

type Option = { value: string; label: string; disabled?: boolean };

export function SelectSetting({
  options,
  ...setting
}: SettingProps & { options: readonly Option[] }) {
  const { name, value, onChange } = setting;
  return (
    <Setting {...setting}>
      <NativeSelect.Root>
        <NativeSelect.Field
          value={value}
          onChange={(event) => {
            setField(name, event.target.value);
            onChange?.(name);
          }}
        >
          {options.map(({ label, ...option }) => (
            <option key={option.value} {...option}>
              {label}
            </option>
          ))}
        </NativeSelect.Field>
        <NativeSelect.Indicator />
      </NativeSelect.Root>
    </Setting>
  );
}

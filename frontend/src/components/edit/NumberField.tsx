// A number with its label, one line that explains it, and what is wrong with it.
import { Field, Input } from "@chakra-ui/react";

type NumberProps = {
  label: string;
  value: string;
  placeholder?: string;
  help?: string;
  error: string | undefined;
  min?: number;
  max?: number;
  step?: number;
  onChange: (value: string) => void;
};

export function NumberField({
  label,
  value,
  placeholder,
  help,
  error,
  onChange,
  ...input
}: NumberProps) {
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

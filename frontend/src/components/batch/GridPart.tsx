// A grid over one or two parameters: the same seed everywhere, so that cells differ in them alone.
import {
  Alert,
  Box,
  Button,
  Checkbox,
  Field,
  Flex,
  Input,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { type ReactNode, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { type AxisParameter, type BatchDefaults, useStartGrid } from "@/api/batches";
import { ApiProblem, explain } from "@/api/problem";
import { announce } from "@/components/ui/LiveRegion";
import { count } from "@/utils/format";
import { uniqueKey } from "@/utils/id";
import { load, save } from "@/utils/storage";
import {
  type AxisDraft,
  axisParameters,
  hints,
  isChosen,
  isWords,
  sizeOf,
  toAxis,
  toggled,
} from "./axes";
import { parameterName } from "./words";

export type Choice = { value: string; label: string };

type Props = {
  prompt: string;
  defaults: BatchDefaults;
  /** What can be chosen, for parameters whose values are names. */
  choices: Readonly<Record<string, readonly Choice[]>>;
  onPrompt: (text: string) => void;
  children: ReactNode;
};

type Axes = { x: AxisDraft; y: AxisDraft };
const key = "gridAxes";
const usual: Axes = {
  x: { parameter: "num_inference_steps", text: "" },
  y: { parameter: "", text: "" },
};

export function GridPart({ prompt, defaults, choices, onPrompt, children }: Props) {
  const [axes, setAxes] = useState(() => load<Axes>(key, usual));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const sending = useRef<{ text: string; key: string } | null>(null);
  const start = useStartGrid();
  const navigate = useNavigate();
  const x = toAxis(axes.x);
  const y = toAxis(axes.y);
  const pictures = sizeOf(axes.x) * (y ? sizeOf(axes.y) : 1);
  const ready = prompt.trim() !== "" && x !== null && (axes.y.parameter === "" || y !== null);

  function change(which: keyof Axes, next: Partial<AxisDraft>): void {
    const changed = { ...axes, [which]: { ...axes[which], ...next } };
    setAxes(changed);
    save(key, changed);
    setProblems({});
  }

  function send(): void {
    if (!x) return;
    const { num_images: _one, ...rest } = defaults;
    const body = { ...rest, prompt: prompt.trim(), x, ...(y && { y }) };
    const said = JSON.stringify(body);
    const known = sending.current?.text === said ? sending.current.key : uniqueKey();
    sending.current = { text: said, key: known };
    start.mutate(
      { body, key: known },
      {
        onSuccess: (batch) => navigate(`/batch/${batch.id}`),
        onError: (error) => {
          const fields = error instanceof ApiProblem ? error.fields : {};
          const found = Object.keys(fields).length > 0 ? fields : { all: explain(error) };
          setProblems(found);
          announce(Object.values(found)[0] ?? "");
        },
      },
    );
  }

  const elsewhere = Object.entries(problems).filter(
    ([field]) => !/^[xy]\./.test(field) && field !== "prompt",
  );
  return (
    <form
      aria-label="A grid"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) send();
      }}
    >
      <Stack gap="5">
        <Field.Root invalid={Boolean(problems.prompt)}>
          <Field.Label>Prompt</Field.Label>
          <Textarea
            autoresize
            rows={2}
            value={prompt}
            placeholder="a red apple on a table"
            onChange={(event) => {
              onPrompt(event.target.value);
              setProblems({});
            }}
          />
          <Field.ErrorText>{problems.prompt}</Field.ErrorText>
        </Field.Root>
        <SimpleGrid columns={{ base: 1, md: 2 }} gap="5">
          {(["x", "y"] as const).map((which) => (
            <AxisField
              key={which}
              which={which}
              draft={axes[which]}
              taken={which === "y" ? axes.x.parameter : ""}
              choices={choices}
              problem={problems[`${which}.values`] ?? problems[`${which}.parameter`]}
              onChange={(next) => change(which, next)}
            />
          ))}
        </SimpleGrid>
        {elsewhere.map(([field, message]) => (
          <Alert.Root key={field} status="error">
            <Alert.Indicator />
            <Alert.Title fontWeight="normal">
              {field === "all" ? message : `${parameterName(field)} ${message}`}
            </Alert.Title>
          </Alert.Root>
        ))}
        <Box>{children}</Box>
        <Flex gap="3" justify="space-between" align="center" wrap="wrap">
          <Text role="status" textStyle="sm" color="fg.muted">
            {x
              ? `${count(sizeOf(axes.x), "column")}${y ? ` × ${count(sizeOf(axes.y), "row")}` : ""}`
              : "Choose what changes from column to column."}
          </Text>
          <Button
            type="submit"
            colorPalette="accent"
            disabled={!ready}
            loading={start.isPending}
            width={{ base: "full", md: "auto" }}
          >
            {ready && Number.isFinite(pictures) ? `Draw ${count(pictures, "picture")}` : "Draw it"}
          </Button>
        </Flex>
      </Stack>
    </form>
  );
}

type AxisProps = {
  which: "x" | "y";
  draft: AxisDraft;
  taken: string;
  choices: Props["choices"];
  problem: string | undefined;
  onChange: (next: Partial<AxisDraft>) => void;
};

function AxisField({ which, draft, taken, choices, problem, onChange }: AxisProps) {
  const name = which === "x" ? "Columns" : "Rows";
  const { parameter, text } = draft;
  const options = choices[parameter] ?? [];
  return (
    <Stack as="fieldset" gap="3" minWidth="0">
      <Field.Root>
        <Field.Label>{name}</Field.Label>
        <NativeSelect.Root>
          <NativeSelect.Field
            value={parameter}
            onChange={(event) =>
              onChange({ parameter: event.target.value as AxisParameter | "", text: "" })
            }
          >
            {which === "y" && <option value="">Nothing: one row</option>}
            {axisParameters.map((one) => (
              <option key={one} value={one} disabled={one === taken && one !== "prompt"}>
                {parameterName(one)}
              </option>
            ))}
          </NativeSelect.Field>
          <NativeSelect.Indicator />
        </NativeSelect.Root>
      </Field.Root>
      {parameter !== "" && !isChosen(parameter) && (
        <Field.Root invalid={Boolean(problem)}>
          <Field.Label>{`Values of the ${name.toLowerCase()}`}</Field.Label>
          {isWords(parameter) ? (
            <Textarea
              rows={3}
              autoresize
              value={text}
              onChange={(event) => onChange({ text: event.target.value })}
            />
          ) : (
            <Input value={text} onChange={(event) => onChange({ text: event.target.value })} />
          )}
          {problem ? (
            <Field.ErrorText>{problem}</Field.ErrorText>
          ) : (
            <Field.HelperText>{hints[parameter]}</Field.HelperText>
          )}
        </Field.Root>
      )}
      {isChosen(parameter) && (
        <Box role="group" aria-label={`Values of the ${name.toLowerCase()}`}>
          <Flex gap="2" wrap="wrap">
            {options.map(({ value, label }) => (
              <Checkbox.Root
                key={value}
                size="sm"
                colorPalette="accent"
                checked={text.split("\n").includes(value)}
                onCheckedChange={() => onChange({ text: toggled(text, value) })}
                borderWidth="1px"
                borderColor="border"
                rounded="full"
                px="3"
                py="1.5"
              >
                <Checkbox.HiddenInput />
                <Checkbox.Control />
                <Checkbox.Label>{label}</Checkbox.Label>
              </Checkbox.Root>
            ))}
          </Flex>
          {options.length === 0 && (
            <Text textStyle="sm" color="fg.muted">
              There are none yet.
            </Text>
          )}
          {problem && (
            <Text role="alert" textStyle="sm" color="fg.error" mt="2">
              {problem}
            </Text>
          )}
        </Box>
      )}
    </Stack>
  );
}

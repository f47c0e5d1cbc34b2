// Many prompts in one text, one per line or as CSV. Every line is checked while one types; nothing
// begins before all of them are right.
import {
  Alert,
  Box,
  Button,
  Code,
  Field,
  Flex,
  Icon,
  Input,
  Link,
  List,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { FileUp } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useNavigate } from "react-router";
import {
  type BatchDefaults,
  type BatchPreview,
  useBatchPreview,
  useStartBatch,
} from "@/api/batches";
import { ApiProblem, explain } from "@/api/problem";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";
import { uniqueKey } from "@/utils/id";
import { load, save } from "@/utils/storage";
import { useSettled } from "@/utils/useSettled";

const key = "batchText";
const shownErrors = 30;
const mostCharacters = 2_000_000;

const example = `prompt,num_inference_steps,seed
"a cat, sleeping",20,1
a dog in the snow,30,`;

type Props = {
  defaults: BatchDefaults;
  /** The settings that rows fall back to. */
  children: ReactNode;
};

export function TablePart({ defaults, children }: Props) {
  const [text, setText] = useState(() => load(key, ""));
  const [title, setTitle] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const sending = useRef<{ text: string; key: string } | null>(null);
  const start = useStartBatch();
  const navigate = useNavigate();
  const body = { text, defaults, ...(title.trim() && { title: title.trim() }) };
  const settled = useSettled(JSON.stringify({ text, defaults }), 400);
  const waits = settled !== JSON.stringify({ text, defaults });
  const empty = text.trim() === "";
  const preview = useBatchPreview(JSON.parse(settled), !empty && settled !== "");
  const found = empty ? undefined : preview.data;
  const ready = found !== undefined && found.num_errors === 0 && found.num_rows > 0 && !waits;

  function write(next: string): void {
    if (next.length > mostCharacters) {
      notifyError(new Error(), "That is too long: two million characters fit into a batch");
      return;
    }
    setText(next);
    save(key, next);
  }

  async function take(files: FileList | null): Promise<void> {
    const [first] = files ?? [];
    if (!first) return;
    write(await first.text());
    announce(`${first.name} is read.`);
  }

  function send(): void {
    const said = JSON.stringify(body);
    const known = sending.current?.text === said ? sending.current.key : uniqueKey();
    sending.current = { text: said, key: known };
    start.mutate(
      { body, key: known },
      {
        onSuccess: (batch) => {
          write("");
          navigate(`/batch/${batch.id}`);
        },
        onError: (error) => {
          if (error instanceof ApiProblem && error.status === 422) preview.refetch();
          else notifyError(error, "The batch wasn't started");
        },
      },
    );
  }

  return (
    <form
      aria-label="Many prompts"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) send();
      }}
    >
      <Field.Root invalid={Boolean(found?.num_errors)}>
        <Flex justify="space-between" align="end" width="full" gap="3">
          <Field.Label>Prompts</Field.Label>
          <Button size="xs" variant="ghost" onClick={() => file.current?.click()}>
            <Icon as={FileUp} aria-hidden />
            Read a file
          </Button>
        </Flex>
        <input
          ref={file}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={(event) => {
            void take(event.target.files);
            event.target.value = "";
          }}
        />
        <Textarea
          rows={8}
          resize="vertical"
          value={text}
          placeholder={"a cat, sleeping\na dog in the snow"}
          spellCheck={false}
          onChange={(event) => write(event.target.value)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            if (event.dataTransfer.files.length === 0) return;
            event.preventDefault();
            void take(event.dataTransfer.files);
          }}
        />
        <Field.HelperText>
          One per line. Or CSV whose first line names the columns, for settings of each row.{" "}
          {empty && (
            <Link asChild variant="underline" color="fg">
              <button type="button" onClick={() => write(example)}>
                Show me a CSV
              </button>
            </Link>
          )}
        </Field.HelperText>
      </Field.Root>
      {preview.error && !empty && (
        <Alert.Root status="error" mt="4">
          <Alert.Indicator />
          <Alert.Title fontWeight="normal">{explain(preview.error)}</Alert.Title>
        </Alert.Root>
      )}
      {found && <Findings found={found} />}
      <Box mt="5">{children}</Box>
      <Flex gap="3" mt="5" align="end" wrap="wrap">
        <Field.Root flex="1" minWidth="48">
          <Field.Label>Name (optional)</Field.Label>
          <Input value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />
        </Field.Root>
        <Button
          type="submit"
          colorPalette="accent"
          disabled={!ready}
          loading={start.isPending}
          width={{ base: "full", md: "auto" }}
        >
          {found && found.num_rows > 0 && found.num_errors === 0
            ? `Draw ${count(found.num_images, "picture")}`
            : "Draw them"}
        </Button>
      </Flex>
    </form>
  );
}

function Findings({ found }: { found: BatchPreview }) {
  const { num_errors, num_rows, num_images, rows, errors } = found;
  if (num_errors === 0) {
    return (
      <Text role="status" mt="3" textStyle="sm" color="fg.muted">
        {count(num_rows, "prompt")}, {count(num_images, "picture")}
        {found.is_csv && `; columns ${found.columns.join(", ")}`}
        {rows[0] && `. The first: “${rows[0].prompt}”, ${rows[0].num_inference_steps} steps`}
      </Text>
    );
  }
  return (
    <Alert.Root status="error" mt="4" alignItems="start">
      <Alert.Indicator />
      <Box minWidth="0">
        <Alert.Title>
          {count(num_errors, "problem")} in{" "}
          {count(new Set(errors.map(({ line }) => line)).size, "line")};{" "}
          {count(num_rows, "other line is", "other lines are")} fine. Nothing begins before all are.
        </Alert.Title>
        <List.Root
          mt="2"
          gap="1"
          maxHeight="60"
          overflowY="auto"
          tabIndex={0}
          aria-label="What is wrong, by line"
          listStyle="none"
        >
          {errors.slice(0, shownErrors).map(({ line, field, message }) => (
            <List.Item key={`${line} ${field} ${message}`}>
              <Code size="sm" colorPalette="red">
                Line {line}
              </Code>{" "}
              {field && <b>{field}: </b>}
              {message}
            </List.Item>
          ))}
        </List.Root>
        {num_errors > shownErrors && (
          <Text mt="2">And {num_errors - shownErrors} more further down.</Text>
        )}
      </Box>
    </Alert.Root>
  );
}

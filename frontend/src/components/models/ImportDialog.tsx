// Takes in a LoRA or an exported version that was made elsewhere.
import {
  Alert,
  Button,
  CloseButton,
  Dialog,
  Field,
  Icon,
  Input,
  NativeSelect,
  Portal,
  Stack,
} from "@chakra-ui/react";
import { Upload } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useImportModel } from "@/api/models";
import { ApiProblem, explain } from "@/api/problem";
import type { Model } from "@/api/types";
import { notify } from "@/components/ui/toaster";

const nothing = { base_model: "", name: "", title: "" };

export function ImportDialog({ models }: { models: readonly Model[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="outline" onClick={() => setOpen(true)}>
        <Icon as={Upload} boxSize="4" aria-hidden />
        Import
      </Button>
      <Dialog.Root
        open={open}
        placement="center"
        onOpenChange={(event) => setOpen(event.open)}
        lazyMount
        unmountOnExit
      >
        <Portal>
          <Dialog.Backdrop />
          <Dialog.Positioner px="4">
            <Dialog.Content>
              <ImportForm models={models} onDone={() => setOpen(false)} />
              <Dialog.CloseTrigger asChild>
                <CloseButton size="sm" />
              </Dialog.CloseTrigger>
            </Dialog.Content>
          </Dialog.Positioner>
        </Portal>
      </Dialog.Root>
    </>
  );
}

type FormProps = { models: readonly Model[]; onDone: () => void };

function ImportForm({ models, onDone }: FormProps) {
  const [texts, setTexts] = useState(nothing);
  const file = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const send = useImportModel();
  const { error } = send;
  const fields = error instanceof ApiProblem ? error.fields : {};
  const bases = models.filter((model) => model.state === "ready");
  const set = (change: Partial<typeof nothing>) => setTexts({ ...texts, ...change });

  function submit(event: FormEvent): void {
    event.preventDefault();
    const chosen = file.current?.files?.[0];
    setMissing(!chosen);
    if (!chosen) return;
    send.mutate(
      { file: chosen, ...texts },
      {
        onSuccess: (model) => {
          notify(`${model.title} is here`);
          onDone();
        },
      },
    );
  }

  return (
    <form noValidate onSubmit={submit}>
      <Dialog.Header>
        <Dialog.Title>Import a version</Dialog.Title>
      </Dialog.Header>
      <Dialog.Body>
        <Stack gap="4">
          {error && Object.keys(fields).length === 0 && (
            <Alert.Root status="error" size="sm">
              <Alert.Indicator />
              <Alert.Title fontWeight="normal">{explain(error)}</Alert.Title>
            </Alert.Root>
          )}
          <Field.Root invalid={missing || Boolean(fields.file)}>
            <Field.Label>File</Field.Label>
            <Input
              ref={file}
              type="file"
              accept=".safetensors,.zip"
              py="1.5"
              onChange={() => setMissing(false)}
            />
            {missing || fields.file ? (
              <Field.ErrorText>{fields.file ?? "Choose a file."}</Field.ErrorText>
            ) : (
              <Field.HelperText>
                A LoRA (.safetensors) or an exported version (.zip). Pickles are never opened.
              </Field.HelperText>
            )}
          </Field.Root>
          <Field.Root invalid={Boolean(fields.base_model)}>
            <Field.Label>It goes on</Field.Label>
            <NativeSelect.Root>
              <NativeSelect.Field
                value={texts.base_model}
                onChange={(event) => set({ base_model: event.target.value })}
              >
                <option value="">The base of the model that draws now</option>
                {bases.map(({ name, title }) => (
                  <option key={name} value={name}>
                    {title}
                  </option>
                ))}
              </NativeSelect.Field>
              <NativeSelect.Indicator />
            </NativeSelect.Root>
            <Field.ErrorText>{fields.base_model}</Field.ErrorText>
          </Field.Root>
          <Field.Root invalid={Boolean(fields.name)}>
            <Field.Label>Name</Field.Label>
            <Input
              value={texts.name}
              placeholder="After the file"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => set({ name: event.target.value })}
            />
            {fields.name ? (
              <Field.ErrorText>{fields.name}</Field.ErrorText>
            ) : (
              <Field.HelperText>For good: pictures remember it.</Field.HelperText>
            )}
          </Field.Root>
          <Field.Root invalid={Boolean(fields.title)}>
            <Field.Label>Title</Field.Label>
            <Input
              value={texts.title}
              placeholder="As the name"
              onChange={(event) => set({ title: event.target.value })}
            />
            <Field.ErrorText>{fields.title}</Field.ErrorText>
          </Field.Root>
        </Stack>
      </Dialog.Body>
      <Dialog.Footer>
        <Button variant="outline" onClick={onDone}>
          Cancel
        </Button>
        <Button
          type="submit"
          colorPalette="accent"
          loading={send.isPending}
          loadingText="Importing"
        >
          Import
        </Button>
      </Dialog.Footer>
    </form>
  );
}

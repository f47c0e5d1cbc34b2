// The styles: named templates for prompts, edited in place, exchanged as styles.csv.
import {
  Badge,
  Box,
  Button,
  Field,
  Flex,
  Heading,
  Icon,
  IconButton,
  Input,
  Stack,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { Download, FileUp, Pencil, Plus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { ApiProblem, explain } from "@/api/problem";
import {
  type Style,
  stylesUrl,
  useDeleteStyle,
  useImportStyles,
  useSaveStyle,
  useStyles,
} from "@/api/prompts";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Failed } from "@/components/ui/Failed";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";

const blank = { name: "", prompt: "", negative_prompt: "" };

export function StylesPart() {
  const { data: styles, error, refetch } = useStyles();
  const take = useImportStyles();
  const [editing, setEditing] = useState<number | "new" | null>(null);
  const file = useRef<HTMLInputElement>(null);

  async function read(files: FileList | null): Promise<void> {
    const [first] = files ?? [];
    if (!first) return;
    const csv = await first.text();
    take.mutate(
      { csv, replace: false },
      {
        onSuccess: ({ added, kept }) => {
          const said = `${count(added, "style")} added`;
          const again = {
            label: "Replace them",
            onClick: () => take.mutate({ csv, replace: true }),
          };
          if (kept > 0) notify(`${said}; ${count(kept, "known name")} kept as it was`, again);
          else notify(said);
        },
        onError: (problem) => notifyError(problem, `${first.name} wasn't taken in`),
      },
    );
  }

  return (
    <Box as="section" aria-labelledby="styles">
      <Flex justify="space-between" align="center" gap="2" wrap="wrap" mb="1">
        <Heading as="h2" id="styles" size="md">
          Styles
        </Heading>
        <Flex gap="1">
          <Button size="sm" variant="ghost" onClick={() => file.current?.click()}>
            <Icon as={FileUp} aria-hidden />
            Import
          </Button>
          <Button asChild size="sm" variant="ghost">
            <a href={stylesUrl} download="styles.csv">
              <Icon as={Download} aria-hidden />
              Export
            </a>
          </Button>
          <Button size="sm" variant="outline" onClick={() => setEditing("new")}>
            <Icon as={Plus} aria-hidden />
            New style
          </Button>
        </Flex>
      </Flex>
      <input
        ref={file}
        type="file"
        hidden
        accept=".csv,text/csv"
        onChange={(event) => {
          void read(event.target.files);
          event.target.value = "";
        }}
      />
      <Text textStyle="sm" color="fg.muted" mb="4">
        Templates that are put on a prompt: {"{prompt}"} stands for what you type. Files are A1111's
        styles.csv.
      </Text>
      {editing === "new" && <StyleForm style={null} onDone={() => setEditing(null)} />}
      <Stack as="ul" listStyleType="none" gap="2">
        {styles?.map((style) => (
          <li key={style.id}>
            {editing === style.id ? (
              <StyleForm style={style} onDone={() => setEditing(null)} />
            ) : (
              <StyleRow style={style} onEdit={() => setEditing(style.id)} />
            )}
          </li>
        ))}
      </Stack>
      {styles?.length === 0 && editing !== "new" && (
        <Text textStyle="sm" color="fg.muted">
          There are none yet. Try “watercolor of {"{prompt}"}, soft light”.
        </Text>
      )}
      {!styles && error && <Failed what="The styles" error={error} onRetry={refetch} />}
    </Box>
  );
}

function StyleRow({ style, onEdit }: { style: Style; onEdit: () => void }) {
  const remove = useDeleteStyle();
  const [asking, setAsking] = useState(false);
  return (
    <Flex
      gap="3"
      align="center"
      rounded="l2"
      borderWidth="1px"
      borderColor="border.muted"
      bg="bg.panel"
      ps="4"
      pe="2"
      py="2"
    >
      <Box flex="1" minWidth="0">
        <Flex gap="2" align="center">
          <Text fontWeight="medium" truncate>
            {style.name}
          </Text>
          {!style.prompt.trim() && <Badge size="sm">Negative preset</Badge>}
        </Flex>
        <Text textStyle="sm" color="fg.muted" lineClamp="2">
          {style.prompt}
          {style.negative_prompt && (
            <>
              {style.prompt && " · "}Without: {style.negative_prompt}
            </>
          )}
        </Text>
      </Box>
      <IconButton size="sm" variant="ghost" aria-label={`Edit ${style.name}`} onClick={onEdit}>
        <Icon as={Pencil} aria-hidden />
      </IconButton>
      <IconButton
        size="sm"
        variant="ghost"
        aria-label={`Delete ${style.name}`}
        onClick={() => setAsking(true)}
      >
        <Icon as={Trash2} aria-hidden />
      </IconButton>
      <ConfirmDialog
        open={asking}
        title={`Delete the style “${style.name}”?`}
        action="Delete it"
        onClose={() => setAsking(false)}
        onConfirm={() =>
          remove.mutate(style.id, {
            onSuccess: () => announce(`${style.name} is deleted.`),
            onError: (error) => notifyError(error, "It wasn't deleted"),
          })
        }
      >
        Pictures that were drawn with it keep their prompt.
      </ConfirmDialog>
    </Flex>
  );
}

function StyleForm({ style, onDone }: { style: Style | null; onDone: () => void }) {
  const [draft, setDraft] = useState(style ?? blank);
  const save = useSaveStyle();
  const fields = save.error instanceof ApiProblem ? save.error.fields : {};
  const elsewhere = save.error && Object.keys(fields).length === 0 ? explain(save.error) : null;
  const set = (change: Partial<typeof blank>) => setDraft({ ...draft, ...change });
  const { name, prompt, negative_prompt } = draft;
  return (
    <Box rounded="l2" borderWidth="1px" borderColor="accent.focusRing" bg="bg.panel" p="4" mb="2">
      <form
        aria-label={style ? `Edit ${style.name}` : "New style"}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(
            { id: style?.id ?? null, body: { name: name.trim(), prompt, negative_prompt } },
            { onSuccess: onDone },
          );
        }}
      >
        <Stack gap="4">
          <Field.Root required invalid={Boolean(fields.name || elsewhere)}>
            <Field.Label>Name</Field.Label>
            <Input
              autoFocus
              value={name}
              maxLength={100}
              onChange={(event) => set({ name: event.target.value })}
            />
            <Field.ErrorText>{fields.name ?? elsewhere}</Field.ErrorText>
          </Field.Root>
          <Field.Root invalid={Boolean(fields.prompt)}>
            <Field.Label>Prompt</Field.Label>
            <Textarea
              autoresize
              rows={2}
              value={prompt}
              placeholder="watercolor of {prompt}, soft light"
              onChange={(event) => set({ prompt: event.target.value })}
            />
            {fields.prompt ? (
              <Field.ErrorText>{fields.prompt}</Field.ErrorText>
            ) : (
              <Field.HelperText>
                Without {"{prompt}"} it is added behind. Empty: a preset of what to avoid.
              </Field.HelperText>
            )}
          </Field.Root>
          <Field.Root invalid={Boolean(fields.negative_prompt)}>
            <Field.Label>Negative prompt</Field.Label>
            <Textarea
              autoresize
              rows={1}
              value={negative_prompt}
              onChange={(event) => set({ negative_prompt: event.target.value })}
            />
            <Field.ErrorText>{fields.negative_prompt}</Field.ErrorText>
          </Field.Root>
          <Flex gap="2" justify="end">
            <Button size="sm" variant="outline" onClick={onDone}>
              Cancel
            </Button>
            <Button size="sm" type="submit" colorPalette="accent" loading={save.isPending}>
              Keep it
            </Button>
          </Flex>
        </Stack>
      </form>
    </Box>
  );
}

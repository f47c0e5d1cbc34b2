// The wildcards: lists of alternatives that a prompt calls by __name__.
import {
  Box,
  Button,
  Code,
  Field,
  Flex,
  Heading,
  Icon,
  Input,
  Stack,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { explain } from "@/api/problem";
import { useDeleteWildcard, useSaveWildcard, useWildcard, useWildcards } from "@/api/prompts";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Failed } from "@/components/ui/Failed";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";

const allowed = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}$/;

export function WildcardsPart() {
  const { data: names, error, refetch } = useWildcards();
  const [chosen, setChosen] = useState<string | "new" | null>(null);
  return (
    <Box as="section" aria-labelledby="wildcards">
      <Flex justify="space-between" align="center" gap="2" mb="1">
        <Heading as="h2" id="wildcards" size="md">
          Wildcards
        </Heading>
        <Button size="sm" variant="outline" onClick={() => setChosen("new")}>
          <Icon as={Plus} aria-hidden />
          New wildcard
        </Button>
      </Flex>
      <Text textStyle="sm" color="fg.muted" mb="4">
        <Code size="sm">__colour__</Code> in a prompt is one line of the wildcard colour, chosen by
        the seed. Without a list, write <Code size="sm">{"{red|green|blue}"}</Code>.
      </Text>
      <Flex gap="2" wrap="wrap" mb="4">
        {names?.map((name) => (
          <Button
            key={name}
            size="sm"
            rounded="full"
            fontWeight="normal"
            variant={chosen === name ? "subtle" : "outline"}
            aria-pressed={chosen === name}
            onClick={() => setChosen(chosen === name ? null : name)}
          >
            {`__${name}__`}
          </Button>
        ))}
      </Flex>
      {names?.length === 0 && chosen === null && (
        <Text textStyle="sm" color="fg.muted">
          There are none yet.
        </Text>
      )}
      {chosen !== null && (
        <WildcardForm
          key={chosen}
          name={chosen === "new" ? null : chosen}
          onDone={() => setChosen(null)}
        />
      )}
      {!names && error && <Failed what="The wildcards" error={error} onRetry={refetch} />}
    </Box>
  );
}

function WildcardForm({ name, onDone }: { name: string | null; onDone: () => void }) {
  const { data, error } = useWildcard(name);
  const [title, setTitle] = useState(name ?? "");
  const [text, setText] = useState("");
  const [asking, setAsking] = useState(false);
  const save = useSaveWildcard();
  const remove = useDeleteWildcard();
  useEffect(() => {
    if (data) setText(data.text);
  }, [data]);
  const wrong = title !== "" && !allowed.test(title);
  return (
    <Box rounded="l2" borderWidth="1px" borderColor="border" bg="bg.panel" p="4">
      <form
        aria-label={name ? `Edit ${name}` : "New wildcard"}
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong || title === "") return;
          save.mutate({ name: title, text }, { onSuccess: onDone });
        }}
      >
        <Stack gap="4">
          {name === null && (
            <Field.Root required invalid={wrong}>
              <Field.Label>Name</Field.Label>
              <Input
                autoFocus
                value={title}
                maxLength={100}
                placeholder="colour"
                onChange={(event) => setTitle(event.target.value.trim())}
              />
              <Field.ErrorText>Letters, digits, - _ . and / between them.</Field.ErrorText>
            </Field.Root>
          )}
          <Field.Root invalid={Boolean(save.error ?? error)}>
            <Field.Label>{name ? `Lines of ${name}` : "Lines"}</Field.Label>
            <Textarea
              autoresize
              rows={5}
              maxHeight="80"
              value={text}
              placeholder={"red\ngreen\n3::blue"}
              disabled={name !== null && !data}
              onChange={(event) => setText(event.target.value)}
            />
            {(save.error ?? error) ? (
              <Field.ErrorText>{explain(save.error ?? error)}</Field.ErrorText>
            ) : (
              <Field.HelperText>
                One per line. 3:: in front makes a line three times as likely; # begins a remark.
              </Field.HelperText>
            )}
          </Field.Root>
          <Flex gap="2" justify="end" wrap="wrap">
            {name !== null && (
              <Button size="sm" variant="ghost" me="auto" onClick={() => setAsking(true)}>
                <Icon as={Trash2} aria-hidden />
                Delete
              </Button>
            )}
            <Button size="sm" variant="outline" onClick={onDone}>
              Cancel
            </Button>
            <Button
              size="sm"
              type="submit"
              colorPalette="accent"
              disabled={title === "" || wrong}
              loading={save.isPending}
            >
              Keep it
            </Button>
          </Flex>
        </Stack>
      </form>
      {name !== null && (
        <ConfirmDialog
          open={asking}
          title={`Delete the wildcard “${name}”?`}
          action="Delete it"
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(name, {
              onSuccess: () => {
                announce(`${name} is deleted.`);
                onDone();
              },
              onError: (problem) => notifyError(problem, "It wasn't deleted"),
            })
          }
        >
          Prompts that call it can't be drawn until there is one of that name again.
        </ConfirmDialog>
      )}
    </Box>
  );
}

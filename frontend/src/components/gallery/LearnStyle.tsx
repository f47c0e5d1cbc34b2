// Starts a training on the look of the selected pictures.
import {
  Alert,
  Button,
  CloseButton,
  Dialog,
  Field,
  Input,
  Portal,
  Stack,
  Text,
} from "@chakra-ui/react";
import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { explain } from "@/api/problem";
import { useStartRetraining } from "@/api/retrain";
import type { Image } from "@/api/types";
import { count } from "@/utils/format";
import { useRequestKey } from "@/utils/useRequestKey";

const [fewest, most] = [5, 200];

type Props = {
  images: readonly Image[];
  open: boolean;
  onClose: () => void;
  onStarted: () => void;
};

export function LearnStyle({ images, open, onClose, onStarted }: Props) {
  const [words, setWords] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { keyFor, answered } = useRequestKey();
  const navigate = useNavigate();
  const start = useStartRetraining();
  const fits = images.length >= fewest && images.length <= most;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!fits || start.isPending) return;
    const body = {
      source: "pictures" as const,
      image_ids: images.map((image) => image.id),
      style: words.trim() || null,
    };
    start.mutate(
      { body, key: keyFor(body) },
      {
        onSuccess: () => {
          answered();
          onStarted();
          void navigate("/retrain");
        },
      },
    );
  }

  return (
    <Dialog.Root
      open={open}
      placement="center"
      initialFocusEl={() => field.current}
      onOpenChange={(event) => {
        if (!event.open) onClose();
      }}
    >
      <Portal>
        <Dialog.Backdrop />
        <Dialog.Positioner px="4">
          <Dialog.Content asChild>
            <form onSubmit={submit}>
              <Dialog.Header>
                <Dialog.Title>Learn a style from {count(images.length, "picture")}</Dialog.Title>
              </Dialog.Header>
              <Dialog.Body>
                <Stack gap="4">
                  <Text>
                    The active model learns the look of these pictures as a new version. Choose
                    pictures that share a look and show different things; 5 to 20 are enough.
                  </Text>
                  <Field.Root>
                    <Field.Label>Words to call for it</Field.Label>
                    <Input
                      ref={field}
                      value={words}
                      maxLength={100}
                      placeholder="for example: in my crayon style"
                      onChange={(event) => setWords(event.target.value)}
                    />
                    <Field.HelperText>
                      Write them in a prompt to get the look. Left empty, the version always has it.
                    </Field.HelperText>
                  </Field.Root>
                  {!fits && (
                    <Text role="status" color="fg.muted">
                      {images.length < fewest
                        ? `Select ${count(fewest - images.length, "more picture", "more pictures")}: it takes at least ${fewest}.`
                        : `Select at most ${most} pictures.`}
                    </Text>
                  )}
                  {start.isError && (
                    <Alert.Root status="error" size="sm">
                      <Alert.Indicator />
                      <Alert.Title fontWeight="normal">{explain(start.error)}</Alert.Title>
                    </Alert.Root>
                  )}
                </Stack>
              </Dialog.Body>
              <Dialog.Footer>
                <Button variant="outline" onClick={onClose}>
                  Cancel
                </Button>
                <Button
                  type="submit"
                  colorPalette="accent"
                  loading={start.isPending}
                  loadingText="Starting"
                  disabled={!fits}
                >
                  Start training
                </Button>
              </Dialog.Footer>
              <Dialog.CloseTrigger asChild>
                <CloseButton size="sm" />
              </Dialog.CloseTrigger>
            </form>
          </Dialog.Content>
        </Dialog.Positioner>
      </Portal>
    </Dialog.Root>
  );
}

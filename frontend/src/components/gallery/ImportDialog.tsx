// How far an import is, and in the end what became of the files.
import { Box, Button, CloseButton, Dialog, Portal, Progress, Stack, Text } from "@chakra-ui/react";
import { useEffect } from "react";
import type { ImportedFile } from "@/api/exchange";
import { announce } from "@/components/ui/LiveRegion";
import { count } from "@/utils/format";
import type { useImport } from "./useImport";

type Props = { taking: ReturnType<typeof useImport>; open: boolean; onClose: () => void };

const mostShown = 200;

export function ImportDialog({ taking, open, onClose }: Props) {
  const { running, results, total, ignored } = taking;
  const of = (status: ImportedFile["status"]) => results.filter((one) => one.status === status);
  const [fresh, known, failed] = [of("imported"), of("duplicate"), of("failed")];
  const sentence = summary(fresh.length, known.length, failed.length);
  const rated = known.filter(({ detail }) => detail?.includes("rating now"));
  const left = total - results.length;

  useEffect(() => {
    if (!running && total > 0) announce(sentence);
  }, [running, total, sentence]);

  return (
    <Dialog.Root
      open={open}
      placement="center"
      scrollBehavior="inside"
      lazyMount
      onOpenChange={(event) => {
        if (!event.open) onClose();
      }}
    >
      <Portal>
        <Dialog.Backdrop />
        <Dialog.Positioner px="4">
          <Dialog.Content>
            <Dialog.Header>
              <Dialog.Title>{running ? "Importing pictures" : "Imported pictures"}</Dialog.Title>
            </Dialog.Header>
            <Dialog.Body>
              <Stack gap="4">
                {running && (
                  <Progress.Root
                    value={results.length}
                    max={Math.max(total, 1)}
                    aria-label="Files imported"
                  >
                    <Progress.Track rounded="full">
                      <Progress.Range />
                    </Progress.Track>
                    <Text textStyle="sm" color="fg.muted" mt="1.5">
                      {results.length} of {count(total, "picture")}
                    </Text>
                  </Progress.Root>
                )}
                {!running && <Text>{sentence}</Text>}
                {rated.length > 0 && (
                  <Text textStyle="sm" color="fg.muted">
                    {count(rated.length, "picture")} that had no rating got the file's.
                  </Text>
                )}
                {!running && left > 0 && (
                  <Text textStyle="sm">
                    Stopped: {count(left, "picture")} {left === 1 ? "wasn't" : "weren't"} sent.
                  </Text>
                )}
                {ignored > 0 && (
                  <Text textStyle="sm" color="fg.muted">
                    {count(ignored, "file")} that{" "}
                    {ignored === 1 ? "is no picture" : "are no pictures"} passed over.
                  </Text>
                )}
                {failed.length > 0 && <Failures failed={failed} />}
                {!running && fresh.length > 0 && (
                  <Text textStyle="sm" color="fg.muted">
                    They are sorted in by the time they were made, if they say it.
                  </Text>
                )}
              </Stack>
            </Dialog.Body>
            <Dialog.Footer>
              {running ? (
                <Button variant="outline" onClick={taking.stop}>
                  Stop
                </Button>
              ) : (
                <Button
                  onClick={() => {
                    onClose();
                    taking.reset();
                  }}
                >
                  Done
                </Button>
              )}
            </Dialog.Footer>
            <Dialog.CloseTrigger asChild>
              <CloseButton size="sm" />
            </Dialog.CloseTrigger>
          </Dialog.Content>
        </Dialog.Positioner>
      </Portal>
    </Dialog.Root>
  );
}

function Failures({ failed }: { failed: readonly ImportedFile[] }) {
  return (
    <Box as="section" aria-label="Files that weren't taken">
      <Text fontWeight="medium" textStyle="sm" mb="1">
        Not taken
      </Text>
      <Stack as="ul" gap="1.5" textStyle="sm" maxHeight="64" overflowY="auto" tabIndex={0}>
        {failed.slice(0, mostShown).map(({ file_name, detail }) => (
          <Box as="li" key={file_name} wordBreak="break-word">
            <Text as="span" fontWeight="medium">
              {file_name}
            </Text>{" "}
            <Text as="span" color="fg.muted">
              {detail}
            </Text>
          </Box>
        ))}
      </Stack>
      {failed.length > mostShown && (
        <Text textStyle="sm" color="fg.muted" mt="1">
          And {failed.length - mostShown} more.
        </Text>
      )}
    </Box>
  );
}

function summary(fresh: number, known: number, failed: number): string {
  const parts = [
    `${count(fresh, "picture")} imported`,
    known > 0 && `${known} there already`,
    failed > 0 && `${failed} not taken`,
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

// How far a batch is, and what can be done about the rest of it.
import { Box, Button, Flex, Icon, Progress, Text } from "@chakra-ui/react";
import { Pause, Play, X } from "lucide-react";
import { useState } from "react";
import { type Batch, useCancelBatch, usePauseBatch } from "@/api/batches";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";
import { canCancel, progressOf, shareOf, stateOf } from "./words";

export function BatchBar({ batch }: { batch: Batch }) {
  return (
    <Progress.Root
      size="sm"
      value={shareOf(batch)}
      colorPalette={batch.counts.failed > 0 ? "orange" : "accent"}
      aria-label={`Progress of ${batch.title}`}
    >
      <Progress.Track>
        <Progress.Range />
      </Progress.Track>
    </Progress.Root>
  );
}

export function BatchProgress({ batch }: { batch: Batch }) {
  const pause = usePauseBatch();
  const cancel = useCancelBatch();
  const [asking, setAsking] = useState(false);
  const paused = batch.state === "paused";
  const rest = batch.counts.queued;
  return (
    <Box rounded="l3" borderWidth="1px" borderColor="border.muted" bg="bg.panel" p="4">
      <Flex justify="space-between" align="baseline" gap="4" mb="2" wrap="wrap">
        <Text fontWeight="medium">{stateOf(batch)}</Text>
        <Text textStyle="sm" color="fg.muted" fontVariantNumeric="tabular-nums">
          {progressOf(batch)}
        </Text>
      </Flex>
      <BatchBar batch={batch} />
      {canCancel(batch) && (
        <Flex gap="2" mt="4" wrap="wrap">
          {rest > 0 && (
            <Button
              size="sm"
              variant="outline"
              loading={pause.isPending}
              onClick={() =>
                pause.mutate(
                  { id: batch.id, paused: !paused },
                  {
                    onSuccess: () =>
                      announce(paused ? "The batch goes on." : "The batch is paused."),
                    onError: (error) => notifyError(error, "It goes on as it was"),
                  },
                )
              }
            >
              <Icon as={paused ? Play : Pause} aria-hidden />
              {paused ? "Go on" : "Pause"}
            </Button>
          )}
          <Button
            size="sm"
            variant="outline"
            loading={cancel.isPending}
            onClick={() => setAsking(true)}
          >
            <Icon as={X} aria-hidden />
            Cancel the rest
          </Button>
        </Flex>
      )}
      <ConfirmDialog
        open={asking}
        title="Cancel the rest of this batch?"
        action="Cancel the rest"
        onClose={() => setAsking(false)}
        onConfirm={() =>
          cancel.mutate(batch.id, {
            onSuccess: () => announce("The rest is cancelled."),
            onError: (error) => notifyError(error, "It wasn't cancelled"),
          })
        }
      >
        {`${count(rest + batch.counts.running, "request")} won't be drawn. `}
        The pictures that are finished stay in the gallery.
      </ConfirmDialog>
    </Box>
  );
}

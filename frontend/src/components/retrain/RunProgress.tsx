// A training under way: what it is busy with, how far, how long still, and the brakes.
import { Button, Flex, Icon, Progress, Text } from "@chakra-ui/react";
import { Pause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { useCancelRetraining, usePause, useResume } from "@/api/retrain";
import type { RetrainStatus } from "@/api/types";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { statusLine } from "./progress";

export function RunProgress({ status }: { status: RetrainStatus }) {
  const [asking, setAsking] = useState(false);
  const pause = usePause();
  const resume = useResume();
  const cancel = useCancelRetraining(status.job_id ?? "");
  const { state, phase } = status;
  const share = Math.round(100 * status.progress);
  const quarter = Math.floor(status.progress * 4);

  useEffect(() => {
    if (quarter >= 1 && quarter <= 3) announce(`Training: ${quarter * 25} percent`);
  }, [quarter]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new state is worth telling
  useEffect(() => announce(statusLine(status)), [state, phase]);

  return (
    <Flex direction="column" gap="3">
      <Progress.Root size="sm" colorPalette="accent" value={share}>
        <Progress.Track rounded="full" aria-label="Progress of the training">
          <Progress.Range transition="width 0.3s" />
        </Progress.Track>
      </Progress.Root>
      <Flex align="center" justify="space-between" gap="3" wrap="wrap">
        <Text fontVariantNumeric="tabular-nums">
          <Text as="span" fontWeight="medium">
            {share} %
          </Text>{" "}
          <Text as="span" color="fg.muted">
            {statusLine(status)}
          </Text>
        </Text>
        <Flex gap="2">
          {state === "running" && (
            <Button
              size="sm"
              variant="outline"
              loading={pause.isPending}
              loadingText="Pausing"
              onClick={() =>
                pause.mutate(undefined, {
                  onError: (error) => notifyError(error, "It wasn't paused"),
                })
              }
            >
              <Icon as={Pause} boxSize="4" aria-hidden />
              Pause
            </Button>
          )}
          {state === "paused" && (
            <Button
              size="sm"
              colorPalette="accent"
              loading={resume.isPending}
              loadingText="Resuming"
              onClick={() =>
                resume.mutate(undefined, {
                  onError: (error) => notifyError(error, "It wasn't resumed"),
                })
              }
            >
              <Icon as={Play} boxSize="4" aria-hidden />
              Resume
            </Button>
          )}
          {state !== "cancelling" && (
            <Button
              size="sm"
              variant="outline"
              loading={cancel.isPending}
              loadingText="Stopping"
              onClick={() => setAsking(true)}
            >
              Cancel
            </Button>
          )}
        </Flex>
      </Flex>
      <ConfirmDialog
        open={asking}
        title="Stop this training?"
        action="Stop it"
        onConfirm={() =>
          cancel.mutate(undefined, {
            onError: (error) => notifyError(error, "It wasn't stopped"),
          })
        }
        onClose={() => setAsking(false)}
      >
        No version comes of it. What is learnt so far is kept, and it can go on later.
      </ConfirmDialog>
    </Flex>
  );
}

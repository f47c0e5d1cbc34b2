import { Alert, Button, Flex, Icon, Skeleton, Stack } from "@chakra-ui/react";
import { Coffee, Pause, Play } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useClearQueue, usePauseQueue, useQueue } from "@/api/queue";
import { QueueList } from "@/components/queue/QueueList";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { Failed } from "@/components/ui/Failed";
import { announce } from "@/components/ui/LiveRegion";
import { Notice } from "@/components/ui/Notice";
import { Page } from "@/components/ui/Page";
import { notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";

export function QueuePage() {
  const { data: queue, error, refetch } = useQueue();
  const pause = usePauseQueue();
  const clear = useClearQueue();
  const [asking, setAsking] = useState(false);
  const paused = queue?.paused ?? false;
  const waiting = queue?.num_waiting ?? 0;

  const actions = queue && (
    <Flex gap="2">
      <Button
        size="sm"
        variant={paused ? "solid" : "outline"}
        colorPalette={paused ? "accent" : undefined}
        loading={pause.isPending}
        onClick={() =>
          pause.mutate(!paused, {
            onSuccess: () => announce(paused ? "The queue goes on." : "The queue is paused."),
            onError: (problem) => notifyError(problem, "The queue stayed as it was"),
          })
        }
      >
        <Icon as={paused ? Play : Pause} aria-hidden />
        {paused ? "Go on" : "Pause"}
      </Button>
      {waiting > 0 && (
        <Button
          size="sm"
          variant="outline"
          loading={clear.isPending}
          onClick={() => setAsking(true)}
        >
          Clear
        </Button>
      )}
    </Flex>
  );

  return (
    <Page title="Queue" actions={actions} width="3xl">
      {paused && (
        <Alert.Root status="warning" mb="5">
          <Alert.Indicator />
          <Alert.Title fontWeight="normal">
            The queue is paused: nothing new is begun until you let it go on, also after a restart.
          </Alert.Title>
        </Alert.Root>
      )}
      {queue && <QueueList queue={queue} />}
      {queue && queue.entries.length === 0 && (
        <Notice icon={Coffee} title="Nothing waits">
          What you ask for is drawn at once.
          <Button asChild variant="outline">
            <Link to="/batch">Draw many at once</Link>
          </Button>
        </Notice>
      )}
      {!queue && error && <Failed what="The queue" error={error} onRetry={refetch} />}
      {!queue && !error && (
        <Stack aria-busy>
          {["a", "b", "c"].map((key) => (
            <Skeleton key={key} height="14" rounded="l2" />
          ))}
        </Stack>
      )}
      <ConfirmDialog
        open={asking}
        title="Clear the queue?"
        action="Clear it"
        onClose={() => setAsking(false)}
        onConfirm={() =>
          clear.mutate(undefined, {
            onSuccess: ({ cancelled }) => announce(`${count(cancelled, "request")} cancelled.`),
            onError: (problem) => notifyError(problem, "The queue wasn't cleared"),
          })
        }
      >
        {count(waiting, "request that waits", "requests that wait")} will be cancelled, those of
        batches too. What is being drawn is finished, and finished pictures stay.
      </ConfirmDialog>
    </Page>
  );
}

// Progress beside the growing picture: step, seconds left, cancel. Quarters are told aloud.
import { Button, Flex, Progress, Text } from "@chakra-ui/react";
import { useEffect } from "react";
import { useCancelJob } from "@/api/jobs";
import { useLive } from "@/api/live";
import { useQueue } from "@/api/queue";
import { useWorkerDelay } from "@/api/system";
import type { Job } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { fractionDone, statusLine, timeLeft } from "./progress";

export function JobStatus({ job }: { job: Job }) {
  const live = useLive(job.id);
  const cancel = useCancelJob();
  const delay = useWorkerDelay(job.state === "queued");
  const paused = useQueue().data?.paused === true && job.state === "queued";
  const done = fractionDone(job, live);
  const quarter = Math.floor(done * 4);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new quarter is worth telling
  useEffect(() => {
    if (quarter < 1 || quarter > 3) return;
    announce([`${quarter * 25} percent`, timeLeft(live)].filter(Boolean).join(", "));
  }, [quarter]);

  return (
    <Flex direction="column" gap="2">
      <Progress.Root
        size="xs"
        colorPalette="accent"
        value={job.state === "queued" ? 0 : done * 100}
      >
        <Progress.Track rounded="full" aria-label={`Progress of “${job.request.prompt}”`}>
          <Progress.Range transition="width 0.3s" />
        </Progress.Track>
      </Progress.Root>
      <Flex align="center" justify="space-between" gap="3">
        <Text textStyle="sm" color="fg.muted" fontVariantNumeric="tabular-nums">
          {paused ? "The queue is paused" : delay ? `Waiting · ${delay}` : statusLine(job, live)}
        </Text>
        <Button
          size="xs"
          variant="outline"
          loading={cancel.isPending}
          loadingText="Stopping"
          onClick={() =>
            cancel.mutate(job.id, { onError: (error) => notifyError(error, "It wasn't cancelled") })
          }
        >
          Cancel
        </Button>
      </Flex>
    </Flex>
  );
}

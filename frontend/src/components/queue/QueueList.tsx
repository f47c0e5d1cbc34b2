// What is being drawn and what waits, in order. Everything by buttons, so that keys and thumbs do.
import { Badge, Box, Flex, Icon, IconButton, Link, Stack, Text } from "@chakra-ui/react";
import { ArrowDown, ArrowUp, ArrowUpToLine, Pause, Play, X } from "lucide-react";
import { Link as RouterLink } from "react-router";
import { useCancelBatch, usePauseBatch } from "@/api/batches";
import { useCancelJob } from "@/api/jobs";
import { type Queue, type QueueEntry, useMoveInQueue } from "@/api/queue";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";
import { beforeOf, type Direction } from "./moves";

export function QueueList({ queue }: { queue: Queue }) {
  const running = queue.entries.filter((entry) => entry.running);
  const waiting = queue.entries.filter((entry) => !entry.running);
  return (
    <Stack gap="6">
      {running.length > 0 && (
        <Section title="Being drawn">
          {running.map((entry) => (
            <Row key={entry.job.id} entry={entry} waiting={waiting} at={-1} />
          ))}
        </Section>
      )}
      {waiting.length > 0 && (
        <Section title="Waiting">
          {waiting.map((entry, at) => (
            <Row key={entry.job.id} entry={entry} waiting={waiting} at={at} />
          ))}
        </Section>
      )}
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box as="section" aria-label={title}>
      <Text as="h2" textStyle="sm" fontWeight="medium" color="fg.muted" mb="2">
        {title}
      </Text>
      <Stack as="ol" listStyleType="none" gap="2">
        {children}
      </Stack>
    </Box>
  );
}

type RowProps = { entry: QueueEntry; waiting: readonly QueueEntry[]; at: number };

function Row({ entry, waiting, at }: RowProps) {
  const move = useMoveInQueue();
  const cancelJob = useCancelJob();
  const cancelBatch = useCancelBatch();
  const pauseBatch = usePauseBatch();
  const { job, batch_id } = entry;
  const prompt = job.request?.template ?? job.request?.prompt ?? "";
  const name = batch_id === null ? prompt : (entry.batch_title ?? "Batch");
  const last = at === waiting.length - 1;

  function go(direction: Direction): void {
    const what = batch_id === null ? { job_id: job.id } : { batch_id };
    move.mutate(
      { ...what, before: beforeOf(waiting, at, direction) },
      {
        onSuccess: () =>
          announce(`${name} moved ${direction === "first" ? "to the front" : direction}.`),
        onError: (error) => notifyError(error, "It stayed where it was"),
      },
    );
  }

  function stop(): void {
    const onError = (error: Error) => notifyError(error, "It wasn't cancelled");
    if (batch_id === null) cancelJob.mutate(job.id, { onError });
    else cancelBatch.mutate(batch_id, { onError });
  }

  return (
    <Flex
      as="li"
      align="center"
      gap="3"
      rounded="l2"
      borderWidth="1px"
      borderColor="border.muted"
      bg="bg.panel"
      ps="4"
      pe="2"
      py="2"
      wrap={{ base: "wrap", md: "nowrap" }}
    >
      <Box flex="1" minWidth={{ base: "full", md: "0" }}>
        {batch_id === null ? (
          <Text truncate title={prompt}>
            {prompt}
          </Text>
        ) : (
          <Link asChild variant="plain" maxWidth="full">
            <RouterLink to={`/batch/${batch_id}`}>
              <Text as="span" truncate>
                {name}
              </Text>
            </RouterLink>
          </Link>
        )}
        <Flex gap="2" textStyle="xs" color="fg.muted" align="center">
          <span>
            {batch_id === null
              ? count(job.request?.num_images ?? 1, "picture")
              : `Batch, ${count(entry.num_jobs, "request")} ${entry.running ? "at once" : "left"}`}
          </span>
          {entry.paused && <Badge size="sm">Paused</Badge>}
        </Flex>
      </Box>
      <Flex gap="0.5" flexShrink="0">
        {at >= 0 && (
          <>
            <Control
              label={`Move ${name} to the front`}
              icon={ArrowUpToLine}
              disabled={at === 0}
              onClick={() => go("first")}
            />
            <Control
              label={`Move ${name} up`}
              icon={ArrowUp}
              disabled={at === 0}
              onClick={() => go("up")}
            />
            <Control
              label={`Move ${name} down`}
              icon={ArrowDown}
              disabled={last}
              onClick={() => go("down")}
            />
          </>
        )}
        {at >= 0 && batch_id !== null && (
          <Control
            label={entry.paused ? `Let ${name} go on` : `Pause ${name}`}
            icon={entry.paused ? Play : Pause}
            onClick={() =>
              pauseBatch.mutate(
                { id: batch_id, paused: !entry.paused },
                { onError: (error) => notifyError(error, "It stayed as it was") },
              )
            }
          />
        )}
        <Control label={`Cancel ${name}`} icon={X} onClick={stop} />
      </Flex>
    </Flex>
  );
}

type ControlProps = {
  label: string;
  icon: typeof X;
  disabled?: boolean;
  onClick: () => void;
};

function Control({ label, icon, disabled = false, onClick }: ControlProps) {
  return (
    <IconButton
      size="sm"
      variant="ghost"
      aria-label={label}
      title={label}
      // Kept focusable: who moves something to the top by keys must not lose the place.
      aria-disabled={disabled || undefined}
      opacity={disabled ? 0.35 : undefined}
      onClick={() => {
        if (!disabled) onClick();
      }}
    >
      <Icon as={icon} aria-hidden />
    </IconButton>
  );
}

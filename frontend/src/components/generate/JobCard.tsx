// One request and what becomes of it. The pictures appear where they will stay.
import { Box, Flex, SimpleGrid, Text } from "@chakra-ui/react";
import { useEffect, useRef } from "react";
import { isFinal } from "@/api/jobs";
import type { Image, Job } from "@/api/types";
import { Look } from "@/components/picture/Look";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { Growing } from "./Growing";
import { JobEnd } from "./JobEnd";
import { JobStatus } from "./JobStatus";
import { Result } from "./Result";

const freshSeconds = 5;

const kinds: Partial<Record<Job["kind"], { name: string; of: string }>> = {
  variations: { name: "Variations", of: "Variations of" },
  edits: { name: "Edit", of: "Edit:" },
};

type Slot = { index: number; image?: Image };

/** Finished pictures, then a place for each that is still to come. */
export function slotsOf(job: Job): Slot[] {
  const images = job.images.filter((image) => image.deleted_at === null);
  const done = images.map((image, index) => ({ index, image }));
  if (isFinal(job.state)) return done;
  const missing = Math.max(0, job.request.num_images - job.images.length);
  const coming = Array.from({ length: missing }, (_, index) => ({
    index: job.images.length + index,
  }));
  return [...done, ...coming];
}

/** Brings a card that has just been asked for into view; cards of a reload stay where they are. */
function useArrival(job: Job) {
  const card = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only on arrival
  useEffect(() => {
    const fresh = Date.now() - Date.parse(job.created_at) < freshSeconds * 1000;
    if (fresh && !isFinal(job.state)) card.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return card;
}

export function JobCard({ job, onDismiss }: { job: Job; onDismiss: (id: string) => void }) {
  const slots = slotsOf(job);
  const ended = isFinal(job.state);
  const single = slots.length === 1;
  const card = useArrival(job);
  return (
    <Box
      role="group"
      ref={card}
      scrollMarginTop="20"
      scrollMarginBottom={{ base: "60", md: "8" }}
      aria-label={`${kinds[job.kind]?.name ?? "Request"}: ${job.request.prompt}`}
      aria-busy={!ended}
      rounded="l3"
      borderWidth="1px"
      borderColor="border.muted"
      bg="bg.panel"
      p={{ base: "3", md: "4" }}
      gridColumn={job.request.num_images > 1 ? "1 / -1" : undefined}
    >
      <Flex gap="3" justify="space-between" align="baseline" mb="3">
        <Box minWidth="0">
          <Text lineClamp="2" title={job.request.prompt}>
            {kinds[job.kind] && (
              <Text as="span" color="fg.muted">
                {kinds[job.kind]?.of}{" "}
              </Text>
            )}
            {job.request.prompt}
          </Text>
          {job.request.style_reference && (
            <Text textStyle="xs" color="fg.muted" mt="1">
              <Look reference={job.request.style_reference} />
            </Text>
          )}
        </Box>
        <Text textStyle="xs" color="fg.muted" flexShrink="0">
          <RelativeTime value={job.created_at} />
        </Text>
      </Flex>
      {slots.length > 0 && (
        <SimpleGrid columns={single ? 1 : { base: 2, md: Math.min(4, slots.length) }} gap="3">
          {slots.map(({ index, image }) =>
            image ? (
              <Result key={index} image={image} eager roomy={single} />
            ) : (
              <Growing key={index} job={job} index={index} />
            ),
          )}
        </SimpleGrid>
      )}
      {!ended && (
        <Box mt="3">
          <JobStatus job={job} />
        </Box>
      )}
      {(job.state === "failed" || job.state === "cancelled") && (
        <Box mt={slots.length > 0 ? "3" : "0"}>
          <JobEnd job={job} onDismiss={() => onDismiss(job.id)} />
        </Box>
      )}
    </Box>
  );
}

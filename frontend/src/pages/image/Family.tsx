// Where a picture comes from and what became of it; variations appear here step by step.
import {
  Box,
  Link as ChakraLink,
  Heading,
  HStack,
  SimpleGrid,
  Stack,
  Text,
} from "@chakra-ui/react";
import { Link } from "react-router";
import { useImage, useVariationsOf } from "@/api/images";
import { isFinal, useJobs } from "@/api/jobs";
import type { Image, Job } from "@/api/types";
import { Growing } from "@/components/generate/Growing";
import { JobEnd } from "@/components/generate/JobEnd";
import { JobStatus } from "@/components/generate/JobStatus";
import { Relative } from "@/components/image/Relative";
import { count } from "@/utils/format";

type Props = {
  image: Image;
  /** Jobs started on this visit whose failure has not been dismissed. */
  started: readonly string[];
  onDismiss: (jobId: string) => void;
};

const columns = { base: 2, sm: 3, md: 4, xl: 5, "2xl": 6 };

export function Family({ image, started, onDismiss }: Props) {
  const { data: jobs = [] } = useJobs();
  const { data: made } = useVariationsOf(image.id);
  const mine = jobs.filter((job) => job.request.parent_id === image.id);
  const running = mine.filter((job) => !isFinal(job.state));
  const ended = mine.filter(
    ({ id, state }) => started.includes(id) && (state === "failed" || state === "cancelled"),
  );
  const children = made?.items.filter((child) => child.deleted_at === null) ?? [];
  const more = (made?.total ?? 0) - (made?.items.length ?? 0);
  return (
    <Stack gap="8">
      {(children.length > 0 || running.length > 0 || ended.length > 0) && (
        <section aria-labelledby="children">
          <HStack justify="space-between" mb="3">
            <Heading as="h2" size="sm" id="children">
              {children.length > 0 ? count(made?.total ?? 0, "variation") : "Variations"}
            </Heading>
            {more > 0 && (
              <ChakraLink asChild color="accent.fg" textStyle="sm">
                <Link to={`/gallery?parent_id=${image.id}`}>Show all</Link>
              </ChakraLink>
            )}
          </HStack>
          <Stack gap="4">
            {running.map((job) => (
              <JobStatus key={job.id} job={job} />
            ))}
            {ended.map((job) => (
              <JobEnd key={job.id} job={job} onDismiss={() => onDismiss(job.id)} />
            ))}
            <SimpleGrid columns={columns} gap="3" alignItems="start" aria-busy={running.length > 0}>
              {children.map((child) => (
                <Relative key={child.id} image={child} />
              ))}
              {running.flatMap((job) =>
                placesOf(job).map((index) => (
                  <Growing key={`${job.id}/${index}`} job={job} index={index} />
                )),
              )}
            </SimpleGrid>
          </Stack>
        </section>
      )}
      {image.parent_id !== null && <Parent id={image.parent_id} />}
    </Stack>
  );
}

/** Indices of the pictures that are still to come. */
function placesOf(job: Job): number[] {
  const done = job.images.length;
  return Array.from({ length: Math.max(0, job.request.num_images - done) }, (_, i) => done + i);
}

function Parent({ id }: { id: number }) {
  const { data: parent, isError } = useImage(id);
  if (!parent && !isError) return null;
  return (
    <section aria-labelledby="parent">
      <Heading as="h2" size="sm" mb="3" id="parent">
        Made from
      </Heading>
      {parent ? (
        <Box maxWidth="12rem">
          <Relative image={parent} />
          {parent.deleted_at && (
            <Text textStyle="xs" color="fg.muted" mt="1">
              In the trash
            </Text>
          )}
        </Box>
      ) : (
        <Text color="fg.muted">Picture {id}, which no longer exists.</Text>
      )}
    </section>
  );
}

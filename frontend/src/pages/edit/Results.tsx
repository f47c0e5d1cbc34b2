// What was asked for, the newest first: progress with cancel, and every picture as a tile to look at.
import { Box, chakra, Flex, Stack, Text } from "@chakra-ui/react";
import { isFinal } from "@/api/jobs";
import type { Image, Job } from "@/api/types";
import { forgetStarted } from "@/components/edit/started";
import { Growing } from "@/components/generate/Growing";
import { JobEnd } from "@/components/generate/JobEnd";
import { JobStatus } from "@/components/generate/JobStatus";
import { describe, Picture } from "@/components/picture/Picture";

type Props = {
  jobs: readonly Job[];
  /** The picture that is looked at; `null` while the brush is out. */
  shown: number | null;
  onShow: (image: Image | null) => void;
};

export function Results({ jobs, shown, onShow }: Props) {
  const running = jobs.filter((job) => !isFinal(job.state));
  const ended = jobs.filter(({ state }) => state === "failed" || state === "cancelled");
  const drawn = jobs.some((job) => job.images.length > 0);
  return (
    <Stack as="section" gap="3" mt="4" aria-label="Results" px={{ base: "3", lg: "0" }}>
      {running.map((job) => (
        <JobStatus key={job.id} job={job} />
      ))}
      {ended.map((job) => (
        <JobEnd key={job.id} job={job} onDismiss={() => forgetStarted(job.id)} />
      ))}
      {(drawn || running.length > 0) && (
        <Flex gap="3" overflowX="auto" p="1" mx="-1" aria-busy={running.length > 0}>
          <Tile pressed={shown === null} label="The mask" onClick={() => onShow(null)}>
            <Flex height="20" width="20" align="center" justify="center" bg="bg.muted">
              <Text textStyle="xs" color="fg.muted">
                The mask
              </Text>
            </Flex>
          </Tile>
          {jobs.flatMap((job) => [
            ...comingOf(job).map((index) => (
              <Box key={`${job.id} ${index}`} width="20" flexShrink="0" alignSelf="center">
                <Growing job={job} index={index} />
              </Box>
            )),
            ...job.images
              .filter((image) => image.deleted_at === null)
              .map((image, index) => (
                <Tile
                  key={image.id}
                  pressed={shown === image.id}
                  label={`Result ${index + 1}: ${describe(image)}`}
                  onClick={() => onShow(image)}
                >
                  <Box width="20">
                    <Picture image={image} eager />
                  </Box>
                </Tile>
              )),
          ])}
        </Flex>
      )}
    </Stack>
  );
}

/** Indices of the pictures that are still to come. */
function comingOf(job: Job): number[] {
  if (isFinal(job.state)) return [];
  const done = job.images.length;
  return Array.from({ length: Math.max(0, job.request.num_images - done) }, (_, i) => done + i);
}

type TileProps = {
  pressed: boolean;
  label: string;
  onClick: () => void;
  children: React.ReactNode;
};

function Tile({ pressed, label, onClick, children }: TileProps) {
  return (
    <chakra.button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      flexShrink="0"
      alignSelf="center"
      rounded="l2"
      overflow="hidden"
      cursor="pointer"
      outline={pressed ? "2px solid" : undefined}
      outlineColor="accent.solid"
      outlineOffset="2px"
      focusVisibleRing="outside"
      onClick={onClick}
    >
      {children}
    </chakra.button>
  );
}

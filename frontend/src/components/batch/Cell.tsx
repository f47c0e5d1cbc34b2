// The place of one request among the results: its picture, or what became of it.
import { Box, Center, Icon, Link, Spinner, Text } from "@chakra-ui/react";
import { CircleSlash, Clock, TriangleAlert } from "lucide-react";
import { Link as RouterLink } from "react-router";
import type { AnyJob } from "@/api/types";
import { describe, Picture } from "@/components/picture/Picture";

const icons = { queued: Clock, failed: TriangleAlert, cancelled: CircleSlash } as const;
const names: Readonly<Record<AnyJob["state"], string>> = {
  queued: "Waiting",
  running: "Being drawn",
  succeeded: "In the trash",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function Cell({ job }: { job: AnyJob }) {
  const image = job.images.find(({ deleted_at }) => deleted_at === null);
  if (image) {
    return (
      <Link asChild display="block" rounded="l2" overflow="hidden">
        <RouterLink to={`/images/${image.id}`} aria-label={`Open “${describe(image)}”`}>
          <Center aspectRatio={1} bg="bg.muted" width="full">
            <Box
              width={image.width < image.height ? `${(100 * image.width) / image.height}%` : "full"}
            >
              <Picture image={image} />
            </Box>
          </Center>
        </RouterLink>
      </Link>
    );
  }
  const icon = icons[job.state as keyof typeof icons];
  return (
    <Center
      aspectRatio={1}
      rounded="l2"
      bg="bg.muted"
      color={job.state === "failed" ? "fg.error" : "fg.muted"}
      flexDirection="column"
      gap="1"
      p="2"
      title={job.error ?? job.request?.prompt}
    >
      {job.state === "running" ? <Spinner size="sm" /> : icon && <Icon as={icon} aria-hidden />}
      <Text textStyle="xs">{names[job.state]}</Text>
    </Center>
  );
}

// The place where a picture will stay, sharpening step by step until it is there.
import { AspectRatio, Box, Skeleton } from "@chakra-ui/react";
import { useLive } from "@/api/live";
import type { Job } from "@/api/types";

export function Growing({ job, index }: { job: Job; index: number }) {
  const { previews, steps, latest } = useLive(job.id);
  const preview = previews[index];
  const total = latest?.total_steps ?? job.request.num_inference_steps;
  const left = 1 - (steps[index] ?? latest?.step ?? 0) / Math.max(1, total);
  const { width, height, final_width, final_height } = job.request;
  return (
    <AspectRatio
      ratio={(final_width ?? width) / (final_height ?? height)}
      overflow="hidden"
      rounded="l2"
    >
      {preview ? (
        <Box bg="bg.muted">
          <img
            src={preview}
            alt={`Not finished yet: ${job.request.prompt}`}
            style={{
              width: "100%",
              height: "100%",
              objectFit: "cover",
              filter: `blur(${(4 * left).toFixed(1)}px)`,
            }}
          />
        </Box>
      ) : (
        <Box bg="bg.emphasized">
          {job.state === "running" && <Skeleton boxSize="full" rounded="none" />}
        </Box>
      )}
    </AspectRatio>
  );
}

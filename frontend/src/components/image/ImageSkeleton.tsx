// The page's shape while the picture's record is on its way.
import { Skeleton, SkeletonText, Stack } from "@chakra-ui/react";
import { useTitle } from "@/utils/useTitle";
import { Layout } from "./Layout";

export function ImageSkeleton() {
  useTitle("Picture");
  return (
    <Layout
      stage={<Skeleton rounded={{ lg: "l3" }} height="calc(100dvh - 9rem)" />}
      panel={
        <Stack gap="6" role="status" aria-label="The picture is loading">
          <SkeletonText noOfLines={2} />
          <Skeleton height="10" />
          <SkeletonText noOfLines={8} />
        </Stack>
      }
      family={null}
    />
  );
}

// The newest pictures that have no card above.
import { Box, Button, Flex, Heading, SimpleGrid, Skeleton } from "@chakra-ui/react";
import { Link } from "react-router";
import type { Image } from "@/api/types";
import { Result } from "@/components/generate/Result";
import { Failed } from "@/components/ui/Failed";

type Props = { images: Image[] | undefined; error: Error | null; onRetry: () => void };

const columns = { base: 2, md: 3, lg: 4 };

export function RecentPictures({ images, error, onRetry }: Props) {
  if (images?.length === 0) return null;
  return (
    <Box as="section" aria-labelledby="recent">
      <Flex align="center" justify="space-between" mb="3">
        <Heading as="h2" id="recent" size="md">
          Recent pictures
        </Heading>
        <Button asChild size="sm" variant="ghost">
          <Link to="/gallery">All of them</Link>
        </Button>
      </Flex>
      {images && (
        <SimpleGrid columns={columns} gap="4" alignItems="start">
          {images.map((image) => (
            <Result key={image.id} image={image} square />
          ))}
        </SimpleGrid>
      )}
      {!images && error && <Failed what="The recent pictures" error={error} onRetry={onRetry} />}
      {!images && !error && (
        <SimpleGrid columns={columns} gap="4" aria-busy>
          {["a", "b", "c", "d"].map((key) => (
            <Skeleton key={key} aspectRatio={1} rounded="l2" />
          ))}
        </SimpleGrid>
      )}
    </Box>
  );
}

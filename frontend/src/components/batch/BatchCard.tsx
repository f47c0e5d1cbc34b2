// One batch in the list: its newest pictures, how far it is, the way to it.
import { Box, Image as ChakraImage, Flex, Link, Text } from "@chakra-ui/react";
import { Link as RouterLink } from "react-router";
import type { Batch } from "@/api/batches";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { BatchBar } from "./BatchProgress";
import { progressOf, stateOf } from "./words";

export function BatchCard({ batch }: { batch: Batch }) {
  const pictures = batch.images.filter((image) => image.deleted_at === null);
  return (
    <Box
      as="li"
      position="relative"
      rounded="l3"
      borderWidth="1px"
      borderColor="border.muted"
      bg="bg.panel"
      p="3"
      _hover={{ borderColor: "border.emphasized" }}
    >
      <Flex gap="3" align="center">
        <Box
          display="grid"
          gridTemplateColumns="1fr 1fr"
          boxSize="14"
          flexShrink="0"
          rounded="l2"
          overflow="hidden"
          bg="bg.muted"
          aria-hidden
        >
          {pictures.slice(0, 4).map((image) => (
            <ChakraImage
              key={image.id}
              src={image.thumbnail_url}
              alt=""
              boxSize={pictures.length === 1 ? "14" : "7"}
              gridColumn={pictures.length === 1 ? "1 / -1" : undefined}
              fit="cover"
            />
          ))}
        </Box>
        <Box minWidth="0" flex="1">
          <Flex justify="space-between" gap="3" align="baseline">
            <Link
              asChild
              variant="plain"
              fontWeight="medium"
              minWidth="0"
              _after={{ content: '""', position: "absolute", inset: "0" }}
            >
              <RouterLink to={`/batch/${batch.id}`}>
                <Text as="span" truncate>
                  {batch.title}
                </Text>
              </RouterLink>
            </Link>
            <Text textStyle="xs" color="fg.muted" flexShrink="0">
              <RelativeTime value={batch.created_at} />
            </Text>
          </Flex>
          <Text textStyle="sm" color="fg.muted" mb="1.5" fontVariantNumeric="tabular-nums">
            {batch.kind === "grid" ? "Grid" : "Prompts"} · {stateOf(batch)} · {progressOf(batch)}
          </Text>
          {batch.state !== "finished" && <BatchBar batch={batch} />}
        </Box>
      </Flex>
    </Box>
  );
}

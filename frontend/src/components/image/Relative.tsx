// One picture of the family: a small link that keeps its shape.
import { Box, Link as ChakraLink } from "@chakra-ui/react";
import { Link } from "react-router";
import type { Image } from "@/api/types";
import { Picture } from "@/components/picture/Picture";
import { RatingButtons } from "@/components/rating/RatingButtons";

/** A relative with its thumbs, so that variations are rated where they appear. */
export function Relative({ image }: { image: Image }) {
  return (
    <Box>
      <ChakraLink asChild display="block" rounded="l2" overflow="hidden">
        <Link to={`/images/${image.id}`}>
          <Picture image={image} />
        </Link>
      </ChakraLink>
      <Box mt="1">
        <RatingButtons image={image} size="xs" />
      </Box>
    </Box>
  );
}

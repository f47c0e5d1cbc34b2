// A finished picture and what one does with it: look, rate, more like this, its seed again.
import { Box, Button, Center, Link as ChakraLink, Flex } from "@chakra-ui/react";
import { ClipboardPaste, Shapes } from "lucide-react";
import { Link } from "react-router";
import { useVariations } from "@/api/jobs";
import type { Image } from "@/api/types";
import { describe, Picture } from "@/components/picture/Picture";
import { SendMenu } from "@/components/picture/SendMenu";
import { RatingButtons } from "@/components/rating/RatingButtons";
import { ratingOfKey, useRating } from "@/components/rating/useRating";
import { notify, notifyError } from "@/components/ui/toaster";
import { Action } from "./Action";
import { useAgain } from "./useAgain";
import { setField } from "./useDraft";

type Props = {
  image: Image;
  /** Shown in full and at once, as the outcome of a request. */
  eager?: boolean;
  /** Centred in a square, so that rows of mixed shapes line up. */
  square?: boolean;
  /** There is room to write out what the buttons do. */
  roomy?: boolean;
};

export function Result({ image, eager = false, square = false, roomy = false }: Props) {
  const narrow = square && image.width < image.height;
  const rate = useRating(image);
  const vary = useVariations();
  const { likeImage } = useAgain();
  return (
    <Box
      as="article"
      aria-label={describe(image)}
      onKeyDown={(event) => {
        const feedback = ratingOfKey(event);
        if (feedback !== undefined) rate(feedback);
      }}
    >
      <ChakraLink asChild display="block" rounded="l2" overflow="hidden">
        <Link to={`/images/${image.id}`} aria-label={`Open “${describe(image)}”`}>
          <Center aspectRatio={square ? 1 : undefined} bg="bg.muted">
            <Box width={narrow ? `${(100 * image.width) / image.height}%` : "full"}>
              <Picture image={image} eager={eager} full={eager} />
            </Box>
          </Center>
        </Link>
      </ChakraLink>
      <Flex align="center" gap="1" mt="1.5" wrap="wrap">
        <RatingButtons image={image} size={roomy ? "sm" : "xs"} />
        <Action
          label="More like this"
          hint="Four variations of this picture"
          icon={Shapes}
          roomy={roomy}
          loading={vary.isPending}
          onClick={() =>
            vary.mutate(
              { image_id: image.id, strength: 0.5, num_variations: 4 },
              { onError: (error) => notifyError(error, "No variations were started") },
            )
          }
        />
        <Action
          label="Use these settings"
          hint="Fills the form with what drew this picture"
          icon={ClipboardPaste}
          roomy={roomy}
          onClick={() => void likeImage(image)}
        />
        <SendMenu image={image} size={roomy ? "sm" : "xs"} />
        {image.seed !== null && (
          <Button
            size="2xs"
            variant="outline"
            rounded="full"
            display="block"
            maxWidth="full"
            truncate
            ms="auto"
            fontWeight="normal"
            color="fg.muted"
            title="Use this seed again"
            onClick={() => {
              setField("seed", String(image.seed));
              notify("The form holds this seed");
            }}
          >
            Seed {image.seed}
          </Button>
        )}
      </Flex>
    </Box>
  );
}

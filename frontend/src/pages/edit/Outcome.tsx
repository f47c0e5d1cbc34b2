// One result beside the picture it was made from, and what one does with it.
import { Box, Button, Flex, Icon } from "@chakra-ui/react";
import { Brush, ExternalLink, Paintbrush } from "lucide-react";
import { Link } from "react-router";
import type { Image } from "@/api/types";
import { useFramed } from "@/components/edit/framed";
import type { Source } from "@/components/edit/source";
import type { Extend } from "@/components/edit/work";
import { describe } from "@/components/picture/Picture";
import { editAddress, SendMenu } from "@/components/picture/SendMenu";
import { RatingButtons } from "@/components/rating/RatingButtons";
import { useRatingKeys } from "@/components/rating/useRating";
import { Compare } from "@/components/ui/Compare";

type Props = { source: Source; image: Image; extend: Extend | null; onBack: () => void };

export function Outcome({ source, image, extend, onBack }: Props) {
  const before = useFramed(source.src, source.size, extend);
  const ratio = image.width / image.height;
  useRatingKeys(image);
  return (
    <Box px={{ base: "3", lg: "0" }}>
      <Flex gap="2" align="center" wrap="wrap" mb="3">
        <Button size="sm" variant="outline" onClick={onBack}>
          <Icon as={Brush} boxSize="4" aria-hidden />
          Back to the mask
        </Button>
        <RatingButtons image={image} size="sm" />
        <Button asChild size="sm" variant="ghost">
          <Link to={editAddress(image.id)}>
            <Icon as={Paintbrush} boxSize="4" aria-hidden />
            Go on with this one
          </Link>
        </Button>
        <Button asChild size="sm" variant="ghost">
          <Link to={`/images/${image.id}`}>
            <Icon as={ExternalLink} boxSize="4" aria-hidden />
            Details
          </Link>
        </Button>
        <SendMenu image={image} />
      </Flex>
      <Box maxWidth={{ lg: `calc(max(20rem, 100dvh - 22rem) * ${2 * ratio})` }} mx="auto">
        <Compare
          before={{ src: before, label: "Before", alt: `Before: ${source.name}` }}
          after={{ src: image.image_url, label: "After", alt: `After: ${describe(image)}` }}
          ratio={ratio}
          tight={ratio <= 1.2}
        />
      </Box>
    </Box>
  );
}

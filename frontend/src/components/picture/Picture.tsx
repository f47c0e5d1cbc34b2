// One picture in a box that has its shape from the start, so that nothing jumps when it arrives.
import {
  AspectRatio,
  Badge,
  Box,
  Center,
  Image as ChakraImage,
  Icon,
  Skeleton,
} from "@chakra-ui/react";
import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { Image } from "@/api/types";

type Props = {
  image: Image;
  /** The thumbnail is enough for grids; the full picture for everything that shows one. */
  full?: boolean;
  /** Pictures below the fold wait until they are near. */
  eager?: boolean;
};

export function describe(image: Pick<Image, "title" | "prompt">): string {
  return image.title || image.prompt || "Untitled picture";
}

export function Picture({ image, full = false, eager = false }: Props) {
  const [state, setState] = useState<"loading" | "shown" | "failed">(
    image.unreadable ? "failed" : "loading",
  );
  return (
    <AspectRatio
      ratio={image.width > 0 && image.height > 0 ? image.width / image.height : 1}
      width="full"
      bg="bg.muted"
      overflow="hidden"
    >
      <Box position="relative">
        {state === "loading" && <Skeleton position="absolute" inset="0" rounded="none" />}
        {state === "failed" ? (
          <Center
            position="absolute"
            inset="0"
            color="fg.muted"
            role="img"
            aria-label={`${describe(image)}: ${image.unreadable ?? "the picture couldn't be loaded"}`}
            title={image.unreadable ?? "The picture couldn't be loaded"}
          >
            <Icon as={ImageOff} boxSize="6" aria-hidden />
          </Center>
        ) : (
          <ChakraImage
            src={full ? image.image_url : image.thumbnail_url}
            alt={describe(image)}
            width={image.width}
            height={image.height}
            loading={eager ? "eager" : "lazy"}
            decoding="async"
            boxSize="full"
            fit="cover"
            onLoad={() => setState("shown")}
            onError={() => setState("failed")}
          />
        )}
        {image.flagged && (
          <Badge
            position="absolute"
            top="2"
            left="2"
            colorPalette="orange"
            title={image.flagged}
            aria-label={`Blurred by the safety checker: ${image.flagged}`}
            role="note"
          >
            Blurred by the safety checker
          </Badge>
        )}
      </Box>
    </AspectRatio>
  );
}

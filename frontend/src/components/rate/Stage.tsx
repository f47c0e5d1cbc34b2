// The picture to be rated, as large as the room allows. It can be thrown to a side.
import { Badge, Box, Center, Icon } from "@chakra-ui/react";
import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { Image } from "@/api/types";
import { describe } from "@/components/picture/Picture";
import { type Side, sideOf, useDrag } from "./useDrag";
import type { Verdict } from "./useVerdicts";

const verdictOf: Record<Side, Verdict> = { right: 1, left: -1, up: 0 };
const words: Record<Side, { text: string; palette: string }> = {
  right: { text: "Like", palette: "accent" },
  left: { text: "Dislike", palette: "red" },
  up: { text: "Skip", palette: "gray" },
};

/** Beyond this a picture only gets blurrier, except that small ones may fill a small window. */
export const largest = ({ width }: Image) => Math.max(width * 3, 640);

type Props = { image: Image; onVerdict: (verdict: Verdict) => void };

export function Stage({ image, onVerdict }: Props) {
  const { offset, handlers } = useDrag((side) => onVerdict(verdictOf[side]));
  const leaning = offset && sideOf(offset);
  return (
    <Center
      flex="1"
      minHeight="0"
      position="relative"
      overflow="hidden"
      touchAction="pinch-zoom"
      userSelect="none"
      cursor={offset ? "grabbing" : "grab"}
      // The picture measures itself against this box.
      css={{ containerType: "size" }}
      {...handlers}
    >
      <Center
        boxSize="full"
        style={
          offset
            ? { transform: `translate(${offset.x}px, ${offset.y}px) rotate(${offset.x / 40}deg)` }
            : undefined
        }
      >
        <Shown key={image.id} image={image} />
      </Center>
      {leaning && (
        <Badge
          position="absolute"
          top="6"
          size="lg"
          variant="solid"
          colorPalette={words[leaning].palette}
          aria-hidden
        >
          {words[leaning].text}
        </Badge>
      )}
    </Center>
  );
}

function Shown({ image }: { image: Image }) {
  const [failed, setFailed] = useState(false);
  const aspect = image.width / image.height;
  const width = `min(100cqw, ${largest(image)}px, calc(100cqh * ${aspect}))`;
  if (failed) {
    return (
      <Center
        style={{ width, aspectRatio: aspect }}
        flexDirection="column"
        gap="2"
        color="fg.muted"
        bg="bg.muted"
        rounded="l2"
      >
        <Icon as={ImageOff} boxSize="8" aria-hidden />
        The picture's file couldn't be shown.
      </Center>
    );
  }
  return (
    <Box asChild rounded="l2" animation="fade-in 160ms">
      <img
        src={image.image_url}
        alt={describe(image)}
        width={image.width}
        height={image.height}
        draggable={false}
        fetchPriority="high"
        style={{
          width,
          height: "auto",
          aspectRatio: aspect,
          // The thumbnail, which is much smaller, until the picture is there.
          background: `center / cover no-repeat url("${image.thumbnail_url}")`,
        }}
        onError={() => setFailed(true)}
      />
    </Box>
  );
}

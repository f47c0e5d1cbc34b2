// The picture, as large as the room allows, with the way to the ones beside it.
import { Box, Center, Icon, IconButton } from "@chakra-ui/react";
import { ChevronLeft, ChevronRight, ImageOff, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Image } from "@/api/types";
import { useSwipe } from "./useSwipe";
import type { Way } from "./useWay";

/** Beyond this a picture only gets blurrier, except that small ones may fill a small window. */
const largest = ({ width }: Image) => Math.max(width * 3, 640);

/** What of the window is left for the picture beside the bars. */
const tallest = { "--tallest": { base: "calc(100dvh - 14rem)", lg: "calc(100dvh - 9rem)" } };

export function Stage({ image, way }: { image: Image; way: Way }) {
  const swipe = useSwipe((to) => way.step(to === "left" ? "next" : "previous"));
  return (
    <Box css={tallest}>
      <Center
        position="relative"
        bg="bg.muted"
        rounded={{ lg: "l3" }}
        overflow="hidden"
        minHeight="12rem"
        touchAction="pan-y pinch-zoom"
        {...swipe}
      >
        <Shown key={image.id} image={image} />
        <Beside
          id={way.previous}
          side="left"
          label="Previous picture"
          icon={ChevronLeft}
          way={way}
        />
        <Beside id={way.next} side="right" label="Next picture" icon={ChevronRight} way={way} />
      </Center>
    </Box>
  );
}

function Shown({ image }: { image: Image }) {
  const [failed, setFailed] = useState(false);
  const aspect = image.width / image.height;
  // The box has its final size before a byte has come: as wide as the column, unless the picture
  // would then be taller than the window.
  const width = `min(100%, ${largest(image)}px, calc(var(--tallest) * ${aspect}))`;
  if (failed) {
    return (
      <Center
        style={{ width, aspectRatio: aspect }}
        flexDirection="column"
        gap="2"
        color="fg.muted"
      >
        <Icon as={ImageOff} boxSize="8" aria-hidden />
        {image.unreadable ?? "The picture's file couldn't be shown."}
      </Center>
    );
  }
  return (
    <img
      src={image.image_url}
      alt={image.prompt || "A picture without a prompt"}
      width={image.width}
      height={image.height}
      fetchPriority="high"
      style={{
        width,
        height: "auto",
        aspectRatio: aspect,
        // The thumbnail, which the gallery has already fetched, until the picture is there.
        background: `center / cover no-repeat url("${image.thumbnail_url}")`,
      }}
      onError={() => setFailed(true)}
    />
  );
}

type BesideProps = {
  id: number | null;
  side: "left" | "right";
  label: string;
  icon: LucideIcon;
  way: Way;
};

function Beside({ id, side, label, icon, way }: BesideProps) {
  if (id === null) return null;
  return (
    <IconButton
      asChild
      position="absolute"
      top="50%"
      transform="translateY(-50%)"
      {...{ [side]: "3" }}
      rounded="full"
      color="white"
      bg="blackAlpha.600"
      _hover={{ bg: "blackAlpha.800" }}
    >
      <Link
        to={{ pathname: `/images/${id}`, search: way.search }}
        replace
        aria-label={label}
        aria-keyshortcuts={side === "left" ? "ArrowLeft" : "ArrowRight"}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          way.go(id);
        }}
      >
        <Icon as={icon} aria-hidden />
      </Link>
    </IconButton>
  );
}

// One picture of the grid: a link, with rating and quick actions that hover or focus reveals.
import { Badge, Box, Center, Flex, Icon, IconButton } from "@chakra-ui/react";
import { Check, ThumbsDown, ThumbsUp, Trash2, Undo2 } from "lucide-react";
import { type MouseEvent, memo, useState } from "react";
import { Link } from "react-router";
import type { Image } from "@/api/types";
import { SendMenu } from "@/components/picture/SendMenu";
import { RatingButtons } from "@/components/rating/RatingButtons";
import { Thumbnail } from "./Thumbnail";

export type CellActions = {
  /** A click that selects instead of opening; true if it did. */
  onSelect: (id: number, how: "toggle" | "range") => void;
  onActive: (id: number) => void;
  /** To the trash, or out of it. */
  onTrash: (id: number) => void;
};

type Props = CellActions & {
  image: Image;
  search: string;
  left: number;
  width: number;
  height: number;
  /** The one picture of the grid that Tab reaches. */
  active: boolean;
  selected: boolean;
  /** Something is selected, so a click on any picture selects too. */
  selecting: boolean;
  /** Buttons stay visible where nothing can hover. */
  touch: boolean;
};

/** Fingers need room; in narrower cells there are only the thumbs. */
const roomForMenu = 130;
const revealed = { opacity: 1, pointerEvents: "auto" } as const;

export const GridCell = memo(function GridCell(props: Props) {
  const { image, search, left, width, height, active, selected, selecting, touch } = props;
  const { onSelect, onActive, onTrash } = props;
  const [over, setOver] = useState(false);
  // An open menu stays, wherever the pointer goes.
  const [sending, setSending] = useState(false);
  const buttons = over || active || touch || sending;
  const inTrash = image.deleted_at !== null;

  function click(event: MouseEvent): void {
    const range = event.shiftKey;
    if (!range && !selecting && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    onSelect(image.id, range ? "range" : "toggle");
  }

  return (
    <Box
      role="gridcell"
      aria-selected={selected}
      className="group"
      position="absolute"
      top="0"
      bg="bg.muted"
      overflow="hidden"
      rounded="l1"
      style={{ left, width, height }}
      onPointerEnter={() => setOver(true)}
      onPointerLeave={() => setOver(false)}
      onFocus={() => onActive(image.id)}
    >
      <Box
        asChild
        display="block"
        boxSize="full"
        outline="none"
        transition="transform 120ms"
        transform={selected ? "scale(0.94)" : undefined}
        _focusVisible={{
          _after: { content: '""', position: "absolute", inset: "0", ...ring },
        }}
      >
        <Link
          to={{ pathname: `/images/${image.id}`, search }}
          state={{ fromGallery: true }}
          data-image={image.id}
          tabIndex={active ? 0 : -1}
          draggable={false}
          onClick={click}
        >
          <Thumbnail image={image} />
        </Link>
      </Box>
      {!touch && <RatingMark image={image} />}
      {((buttons && !touch) || selected || selecting) && (
        <IconButton
          position="absolute"
          top="1.5"
          left="1.5"
          size="2xs"
          rounded="full"
          role="checkbox"
          aria-checked={selected}
          aria-label="Select"
          tabIndex={active ? 0 : -1}
          variant="plain"
          bg={selected ? "accent.solid" : "blackAlpha.600"}
          color={selected ? "accent.contrast" : "white"}
          borderWidth="2px"
          borderColor={selected ? "accent.contrast" : "white"}
          opacity={selected || selecting ? 1 : 0}
          _groupHover={revealed}
          _groupFocusWithin={revealed}
          onClick={(event) => onSelect(image.id, event.shiftKey ? "range" : "toggle")}
        >
          {selected && <Icon as={Check} strokeWidth="3" aria-hidden />}
        </IconButton>
      )}
      {buttons && !selecting && (
        <Flex
          position="absolute"
          insetX="0"
          bottom="0"
          p="1.5"
          pt="8"
          justify="flex-end"
          align="center"
          gap="1"
          className="dark"
          colorPalette="accent"
          bgImage={touch ? undefined : "linear-gradient(to top, rgb(0 0 0 / 0.72), transparent)"}
          opacity={touch || sending ? 1 : 0}
          pointerEvents="none"
          _groupHover={{ opacity: 1 }}
          _groupFocusWithin={{ opacity: 1 }}
          css={{
            "& button": { pointerEvents: "auto" },
            "& button:not([aria-pressed=true])": { color: "white", ...(touch && onPicture) },
          }}
        >
          <RatingButtons image={image} size="xs" variant="ghost" />
          {!inTrash && (!touch || width >= roomForMenu) && (
            <SendMenu
              image={image}
              size="xs"
              tabIndex={active ? 0 : -1}
              onOpenChange={setSending}
            />
          )}
          {!touch && (
            <IconButton
              size="xs"
              variant="ghost"
              aria-label={inTrash ? "Restore" : "Move to trash"}
              title={inTrash ? "Restore" : "Move to trash (Del)"}
              onClick={() => onTrash(image.id)}
            >
              <Icon as={inTrash ? Undo2 : Trash2} aria-hidden />
            </IconButton>
          )}
        </Flex>
      )}
      {image.flagged && (
        <Badge
          position="absolute"
          bottom="2"
          left="2"
          zIndex="1"
          color="white"
          bg="blackAlpha.800"
          title={image.flagged}
        >
          Blurred
        </Badge>
      )}
    </Box>
  );
});

/** A button that has to be seen on any picture. */
const onPicture = { background: "rgb(0 0 0 / 0.5)", borderRadius: "full" };

const ring = {
  rounded: "l1",
  boxShadow: "inset 0 0 0 3px var(--chakra-colors-accent-focus-ring), inset 0 0 0 5px white",
};

/** How a picture was rated, visible without hovering. */
function RatingMark({ image }: { image: Image }) {
  if (image.feedback === 0) return null;
  const liked = image.feedback === 1;
  return (
    <Center
      position="absolute"
      top="1.5"
      right="1.5"
      boxSize="6"
      rounded="full"
      bg="blackAlpha.700"
      color="white"
      role="img"
      aria-label={liked ? "Liked" : "Disliked"}
      pointerEvents="none"
    >
      <Icon as={liked ? ThumbsUp : ThumbsDown} boxSize="3.5" aria-hidden />
    </Center>
  );
}

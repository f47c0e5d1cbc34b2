// The pictures it would learn from, each with the words that go with it. Words can be mended here,
// and a picture left out.
import {
  AspectRatio,
  Badge,
  Box,
  Button,
  Center,
  Flex,
  Icon,
  IconButton,
  SimpleGrid,
  Textarea,
} from "@chakra-ui/react";
import { EyeOff, ImageOff, ThumbsDown, ThumbsUp, Undo2 } from "lucide-react";
import { useState } from "react";
import type { RetrainExample, RetrainPreview } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import type { Draft } from "./draft";
import { setCaption } from "./useDraft";

const shownFirst = 12;

type Props = {
  preview: RetrainPreview;
  captions: Draft["captions"];
  /** Fetches further examples; `null` when there are none or they are on their way. */
  onMore: (() => void) | null;
};

export function Lessons({ preview, captions, onMore }: Props) {
  const [all, setAll] = useState(false);
  const { examples } = preview;
  if (examples.length === 0) return null;
  const shown = all ? examples : examples.slice(0, shownFirst);
  return (
    <Box>
      <SimpleGrid
        as="ul"
        aria-label="Pictures to learn from"
        listStyleType="none"
        columns={{ base: 2, sm: 3, md: 4, lg: 6 }}
        gap="3"
        // On a phone a dozen would be a long way to what comes next.
        css={all ? undefined : { "& > li:nth-of-type(n + 7)": { hideBelow: "sm" } }}
      >
        {shown.map((example) => (
          <Lesson key={example.key} example={example} caption={captions[example.key]} />
        ))}
      </SimpleGrid>
      {(shown.length < examples.length || onMore) && (
        <Button
          size="sm"
          variant="outline"
          mt="3"
          onClick={() => (shown.length < examples.length ? setAll(true) : onMore?.())}
        >
          Show more
        </Button>
      )}
    </Box>
  );
}

type LessonProps = { example: RetrainExample; caption: string | null | undefined };

function Lesson({ example, caption }: LessonProps) {
  const { key, feedback } = example;
  const words = caption ?? example.caption;
  const out = caption === null;
  const changed = caption !== undefined;
  return (
    <Box as="li" minWidth="0">
      <Box position="relative" opacity={out ? 0.35 : 1}>
        <Thumbnail example={example} />
        {feedback !== 0 && (
          <Badge
            position="absolute"
            top="1.5"
            left="1.5"
            colorPalette={feedback > 0 ? "accent" : "red"}
            title={feedback > 0 ? "Liked" : "Disliked"}
          >
            <Icon
              as={feedback > 0 ? ThumbsUp : ThumbsDown}
              boxSize="3"
              aria-label={feedback > 0 ? "Liked" : "Disliked"}
              role="img"
            />
          </Badge>
        )}
      </Box>
      <Textarea
        size="xs"
        mt="1.5"
        rows={2}
        aria-label={`Caption of “${example.caption}”`}
        maxLength={4000}
        disabled={out}
        value={out ? example.caption : words}
        onChange={(event) => {
          const text = event.target.value;
          setCaption(key, text === example.caption ? undefined : text);
        }}
      />
      <Flex gap="1" mt="1" justify="space-between">
        <Button
          size="2xs"
          variant="ghost"
          aria-pressed={out}
          aria-label={`Leave out “${example.caption}”`}
          onClick={() => {
            setCaption(key, out ? undefined : null);
            announce(out ? "Taken in again" : "Left out");
          }}
        >
          <Icon as={EyeOff} boxSize="3" aria-hidden />
          {out ? "Left out" : "Leave out"}
        </Button>
        {changed && (
          <IconButton
            size="2xs"
            variant="ghost"
            aria-label={`As it was: “${example.caption}”`}
            title="As it was"
            onClick={() => setCaption(key, undefined)}
          >
            <Icon as={Undo2} boxSize="3" aria-hidden />
          </IconButton>
        )}
      </Flex>
    </Box>
  );
}

function Thumbnail({ example }: { example: RetrainExample }) {
  const [failed, setFailed] = useState(false);
  const src = example.thumbnail_url ?? example.thumbnail;
  return (
    <AspectRatio ratio={1} rounded="l2" overflow="hidden" bg="bg.muted">
      {src && !failed ? (
        <img
          src={src}
          alt={example.caption}
          loading="lazy"
          style={{ objectFit: "cover" }}
          onError={() => setFailed(true)}
        />
      ) : (
        <Center color="fg.muted">
          <Icon as={ImageOff} boxSize="6" role="img" aria-label={example.caption} />
        </Center>
      )}
    </AspectRatio>
  );
}

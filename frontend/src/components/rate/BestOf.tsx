// Pictures of one prompt side by side; the one that is picked was preferred to the others.
import {
  Box,
  Button,
  Center,
  chakra,
  Flex,
  Icon,
  Kbd,
  SimpleGrid,
  Skeleton,
} from "@chakra-ui/react";
import { Check, ImageOff, Layers2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { useConnection } from "@/api/connection";
import { useTaste } from "@/api/feedback";
import type { Image, ImageSet } from "@/api/types";
import { TasteMeter } from "@/components/rating/TasteMeter";
import { Failed } from "@/components/ui/Failed";
import { Notice } from "@/components/ui/Notice";
import { Offline } from "@/components/ui/Offline";
import { count } from "@/utils/format";
import { isTyping } from "@/utils/keyboard";
import { Undo } from "./Controls";
import { RateFrame } from "./RateFrame";
import { largest } from "./Stage";
import { isUndo } from "./useRateKeys";
import { useSets } from "./useSets";

type Keys = { onPick: (index: number) => void; onSkip: () => void; onUndo: () => void };

function useBestKeys({ onPick, onSkip, onUndo }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || isTyping(event.target)) return;
      if (isUndo(event)) onUndo();
      else if (event.ctrlKey || event.metaKey || event.altKey) return;
      else if (/^[1-4]$/.test(event.key)) onPick(Number(event.key) - 1);
      else if (event.key === "s" || event.key === "0") onSkip();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}

export function BestOf() {
  const { data: taste } = useTaste();
  const offline = useConnection() === "offline";
  const sets = useSets();
  const { current, next, choose, skip, undo } = sets;
  useBestKeys({ onPick: choose, onSkip: skip, onUndo: () => undo?.() });
  const left = current?.remaining ?? 0;
  return (
    <RateFrame
      title="Pick the best"
      left={current && left > 0 ? `${left} left` : null}
      meter={taste && <TasteMeter taste={taste} />}
    >
      {current ? (
        <>
          <Choices set={current} onPick={choose} />
          <Flex
            justify="center"
            gap="3"
            px="4"
            pt="3"
            pb="calc(1rem + env(safe-area-inset-bottom))"
          >
            <Undo onUndo={undo} />
            <Button
              size={{ base: "md", md: "lg" }}
              variant="outline"
              rounded="full"
              aria-keyshortcuts="s"
              onClick={skip}
            >
              None stands out
              <Kbd size="sm" hideBelow="md" aria-hidden>
                S
              </Kbd>
            </Button>
          </Flex>
        </>
      ) : offline && next.isPending ? (
        <Offline what="Your pictures appear" />
      ) : next.isPending ? (
        <SimpleGrid
          flex="1"
          columns={2}
          gap="3"
          p="4"
          role="status"
          aria-label="Pictures are loading"
        >
          <Skeleton height="full" />
          <Skeleton height="full" />
        </SimpleGrid>
      ) : next.isError ? (
        <Failed what="The pictures" error={next.error} onRetry={() => void next.refetch()} />
      ) : (
        <End sets={sets} />
      )}
    </RateFrame>
  );
}

/** Two stand above each other on a phone; more stand in two columns. */
const columnsOf = (pictures: number) => ({
  base: pictures > 2 ? 2 : 1,
  md: pictures === 4 ? 2 : pictures,
  xl: pictures,
});

function Choices({ set, onPick }: { set: ImageSet; onPick: (index: number) => void }) {
  return (
    <Flex direction="column" flex="1" minHeight="0" px={{ base: "3", md: "6" }} gap="2">
      <Box as="p" textAlign="center" color="fg.muted" lineClamp="2">
        {set.prompt}
      </Box>
      <SimpleGrid
        role="group"
        aria-label={`Which is the best of “${set.prompt}”?`}
        flex="1"
        minHeight="0"
        columns={columnsOf(set.images.length)}
        autoRows="minmax(0, 1fr)"
        gap="3"
      >
        {set.images.map((image, index) => (
          <Choice
            key={image.id}
            image={image}
            number={index + 1}
            of={set.images.length}
            onPick={() => onPick(index)}
          />
        ))}
      </SimpleGrid>
    </Flex>
  );
}

type ChoiceProps = { image: Image; number: number; of: number; onPick: () => void };

function Choice({ image, number, of, onPick }: ChoiceProps) {
  const [failed, setFailed] = useState(false);
  const aspect = image.width / image.height;
  return (
    // The picture measures itself against this box.
    <Center minHeight="0" minWidth="0" css={{ containerType: "size" }}>
      <chakra.button
        type="button"
        aria-label={`Number ${number} of ${of} is the best`}
        aria-keyshortcuts={String(number)}
        position="relative"
        display="block"
        rounded="l3"
        overflow="hidden"
        bg="bg.muted"
        cursor="pointer"
        style={{
          width: `min(100cqw, ${largest(image)}px, calc(100cqh * ${aspect}))`,
          aspectRatio: aspect,
        }}
        outline="3px solid transparent"
        outlineOffset="-3px"
        _hover={{ outlineColor: "accent.solid" }}
        _focusVisible={{ outlineColor: "accent.focusRing", outlineOffset: "0" }}
        onClick={onPick}
      >
        {failed ? (
          <Center boxSize="full" color="fg.muted">
            <Icon as={ImageOff} boxSize="8" aria-hidden />
          </Center>
        ) : (
          <Box asChild boxSize="full">
            <img
              src={image.image_url}
              alt=""
              width={image.width}
              height={image.height}
              draggable={false}
              onError={() => setFailed(true)}
            />
          </Box>
        )}
        <Kbd position="absolute" top="2" left="2" size="md" aria-hidden>
          {number}
        </Kbd>
      </chakra.button>
    </Center>
  );
}

function End({ sets }: { sets: ReturnType<typeof useSets> }) {
  const { chosen, seenAny, again, undo } = sets;
  return (
    <Center flex="1">
      <Notice
        icon={seenAny ? Check : Layers2}
        title={seenAny ? "That was the last set" : "Nothing to compare"}
      >
        {seenAny
          ? `You picked ${count(chosen, "favourite")}. Sets you skipped can be looked at again.`
          : "It takes two pictures of the same prompt that weren't compared yet. Draw several at once, or variations of one."}
        <Flex gap="2" wrap="wrap" justify="center">
          <Button asChild colorPalette="accent">
            <Link to="/">Generate more</Link>
          </Button>
          {seenAny && (
            <Button variant="outline" onClick={again}>
              Start over
            </Button>
          )}
          {undo && (
            <Button variant="ghost" aria-keyshortcuts="Control+Z Meta+Z" onClick={undo}>
              Undo the last
            </Button>
          )}
        </Flex>
      </Notice>
    </Center>
  );
}

// Two pictures that belong together: beside each other, or one over the other with a line to drag.
import { Box, Button, Flex, Group, SimpleGrid, Text } from "@chakra-ui/react";
import { useState } from "react";

type Side = { src: string; label: string; alt: string };
type Props = {
  before: Side;
  after: Side;
  /** Width over height, until the pictures say it themselves. */
  ratio?: number;
  /** Beside each other on a phone, too. */
  tight?: boolean;
};

const modes = [
  { value: "beside", label: "Side by side" },
  { value: "over", label: "One over the other" },
] as const;
type Mode = (typeof modes)[number]["value"];

export function Compare({ before, after, ratio = 1, tight = false }: Props) {
  const [mode, setMode] = useState<Mode>("beside");
  return (
    <Box>
      {mode === "beside" ? (
        <SimpleGrid columns={{ base: tight ? 2 : 1, md: 2 }} gap="3">
          {[before, after].map((side) => (
            <Box as="figure" key={side.label} minWidth="0">
              <Sheet side={side} ratio={ratio} />
              <Text as="figcaption" textStyle="sm" color="fg.muted" mt="1.5">
                {side.label}
              </Text>
            </Box>
          ))}
        </SimpleGrid>
      ) : (
        <Overlay before={before} after={after} ratio={ratio} />
      )}
      <Flex mt="3">
        <Group role="group" aria-label="How to compare" gap="2">
          {modes.map(({ value, label }) => (
            <Button
              key={value}
              size="xs"
              variant={mode === value ? "subtle" : "outline"}
              aria-pressed={mode === value}
              onClick={() => setMode(value)}
            >
              {label}
            </Button>
          ))}
        </Group>
      </Flex>
    </Box>
  );
}

function Sheet({ side, ratio }: { side: Side; ratio: number }) {
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  if (state === "failed") {
    return (
      <Flex
        align="center"
        justify="center"
        aspectRatio={ratio}
        rounded="l2"
        bg="bg.muted"
        color="fg.muted"
        textStyle="sm"
        p="4"
      >
        {side.alt}: the picture couldn't be loaded.
      </Flex>
    );
  }
  return (
    <Box asChild display="block" width="full" height="auto" rounded="l2" bg="bg.muted">
      <img
        src={side.src}
        alt={side.alt}
        loading="lazy"
        draggable={false}
        style={state === "loading" ? { aspectRatio: ratio } : undefined}
        onLoad={() => setState("shown")}
        onError={() => setState("failed")}
      />
    </Box>
  );
}

function Overlay({ before, after, ratio }: Required<Omit<Props, "tight">>) {
  const [share, setShare] = useState(50);
  return (
    <Box maxWidth="2xl" mx="auto">
      <Box position="relative" rounded="l2" overflow="hidden">
        <Sheet key={after.src} side={after} ratio={ratio} />
        <Box
          position="absolute"
          inset="0"
          style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}
          bg="bg.muted"
        >
          <Sheet key={before.src} side={before} ratio={ratio} />
        </Box>
        {/* The whole picture is the slider: keyboard, finger and screen reader come with it. */}
        <Box
          asChild
          position="absolute"
          inset="0"
          boxSize="full"
          margin="0"
          opacity="0"
          cursor="ew-resize"
          touchAction="pan-y"
        >
          <input
            type="range"
            min={0}
            max={100}
            value={share}
            aria-label={`How much of “${before.label}” is shown`}
            aria-valuetext={`${share} % ${before.label}`}
            onChange={(event) => setShare(Number(event.target.value))}
          />
        </Box>
        <Box
          position="absolute"
          insetY="0"
          width="3px"
          bg="white"
          shadow="md"
          pointerEvents="none"
          transform="translateX(-50%)"
          style={{ left: `${share}%` }}
          css={{ "input:focus-visible ~ &": { width: "7px", background: "accent.focusRing" } }}
        />
      </Box>
      <Flex justify="space-between" textStyle="sm" color="fg.muted" mt="1.5" gap="4">
        <span>{before.label}</span>
        <span>{after.label}</span>
      </Flex>
    </Box>
  );
}

// The small picture of a cell. It fades in; what scrolls by before it came is not waited for.
import { Box, Center, Icon } from "@chakra-ui/react";
import { ImageOff } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import type { Image } from "@/api/types";

export function Thumbnail({ image }: { image: Image }) {
  const [state, setState] = useState<"loading" | "shown" | "failed">("loading");
  const element = useRef<HTMLImageElement>(null);
  const text = image.prompt || "A picture without a prompt";

  // A browser finishes what it began to fetch even when the element is gone, and only six at a time:
  // after a long scroll the pictures on screen would wait behind hundreds that nobody sees.
  useLayoutEffect(() => {
    const img = element.current;
    if (!img) return;
    img.src = image.thumbnail_url;
    return () => {
      if (!img.complete) img.removeAttribute("src");
    };
  }, [image.thumbnail_url]);

  if (state === "failed") {
    return (
      <Center boxSize="full" color="fg.muted" role="img" aria-label={text}>
        <Icon as={ImageOff} boxSize="6" aria-hidden />
      </Center>
    );
  }
  return (
    <Box
      asChild
      boxSize="full"
      objectFit="cover"
      opacity={state === "shown" ? 1 : 0}
      transition="opacity 160ms"
    >
      <img
        ref={element}
        alt={text}
        decoding="async"
        draggable={false}
        onLoad={() => setState("shown")}
        onError={() => setState("failed")}
      />
    </Box>
  );
}

// A picture in the form: what it looks like, the settings that go with it, and the way out.
import { Box, Image as ChakraImage, CloseButton, Flex } from "@chakra-ui/react";
import { type ReactNode, useEffect, useState } from "react";
import { type Chosen, nameOf } from "./chosen";

function useThumbnail(chosen: Chosen): string | undefined {
  const [url, setUrl] = useState<string>();
  const file = chosen.kind === "given" ? chosen.picture.file : null;
  useEffect(() => {
    if (!file) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return chosen.kind === "image" ? chosen.image.thumbnail_url : url;
}

type Props = {
  chosen: Chosen;
  /** What the picture is here, at the beginning of a sentence. */
  what: string;
  onRemove: () => void;
  children: ReactNode;
};

export function ChosenPicture({ chosen, what, onRemove, children }: Props) {
  const url = useThumbnail(chosen);
  const name = `${what}: ${nameOf(chosen)}`;
  const remove = `Remove the ${what.toLowerCase()}`;
  return (
    <Flex
      role="group"
      aria-label={name}
      gap="3"
      align="center"
      bg="bg.subtle"
      rounded="l2"
      p="2"
      mt="2"
    >
      <Box
        boxSize={{ base: "14", md: "16" }}
        flexShrink="0"
        rounded="l1"
        overflow="hidden"
        bg="bg.muted"
        title={name}
      >
        {url && <ChakraImage src={url} alt={name} boxSize="full" fit="cover" />}
      </Box>
      <Flex
        flex="1"
        minWidth="0"
        gap={{ base: "1", md: "5" }}
        direction={{ base: "column", md: "row" }}
        align={{ md: "center" }}
      >
        {children}
      </Flex>
      <CloseButton
        size="xs"
        alignSelf="start"
        aria-label={remove}
        title={remove}
        onClick={onRemove}
      />
    </Flex>
  );
}

// Words that the model knows, under the prompt (on a phone above it, where the keyboard isn't).
import { Box, Flex, Text } from "@chakra-ui/react";
import type { Completion, Kind } from "./complete";

const kinds: Readonly<Record<Kind, string>> = {
  subject: "thing",
  background: "colour",
  world: "place",
  look: "look",
  own: "yours",
};

type Props = {
  id: string;
  items: readonly Completion[];
  active: number;
  onTake: (item: Completion) => void;
};

export function Completions({ id, items, active, onTake }: Props) {
  return (
    <Box
      id={id}
      role="listbox"
      aria-label={
        items.some(({ kind }) => kind === "own") ? "Suggestions" : "Words this model knows"
      }
      position="absolute"
      top={{ base: "auto", md: "100%" }}
      bottom={{ base: "100%", md: "auto" }}
      insetStart="0"
      width={{ base: "full", md: "80" }}
      maxWidth="full"
      mb={{ base: "4", md: "0" }}
      zIndex="dropdown"
      rounded="l2"
      borderWidth="1px"
      bg="bg.panel"
      shadow="md"
      p="1"
    >
      {items.map((item, index) => (
        <Flex
          key={item.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          justify="space-between"
          align="baseline"
          gap="4"
          px="3"
          minHeight={{ base: "10", md: "8" }}
          alignItems="center"
          rounded="l1"
          cursor="pointer"
          bg={index === active ? "accent.subtle" : undefined}
          _hover={{ bg: "bg.muted" }}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(item)}
        >
          <Text truncate>{item.text}</Text>
          <Text textStyle="xs" color="fg.muted" flexShrink="0">
            {item.name ?? kinds[item.kind]}
          </Text>
        </Flex>
      ))}
    </Box>
  );
}

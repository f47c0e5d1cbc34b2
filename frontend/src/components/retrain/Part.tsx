// One of the three parts of the story, under its number.
import { Box, Center, Flex, Heading, Text } from "@chakra-ui/react";
import { type ReactNode, useId } from "react";

type Props = {
  number: number;
  title: string;
  /** One line that says it all when the part isn't the one that matters now. */
  summary?: ReactNode;
  children?: ReactNode;
};

export function Part({ number, title, summary, children }: Props) {
  const id = useId();
  return (
    <Box as="section" aria-labelledby={id}>
      <Flex align="center" gap="3" mb={children ? "4" : "0"} wrap="wrap">
        <Center
          boxSize="7"
          rounded="full"
          bg="bg.emphasized"
          textStyle="sm"
          fontWeight="medium"
          flexShrink="0"
          aria-hidden
        >
          {number}
        </Center>
        <Heading as="h2" id={id} size="lg">
          {title}
        </Heading>
        {summary && (
          <Text color="fg.muted" flexBasis={{ base: "full", md: "auto" }}>
            {summary}
          </Text>
        )}
      </Flex>
      {children}
    </Box>
  );
}

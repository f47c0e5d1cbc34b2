// A page's frame: one readable column with its heading, and the browser tab named after it.
import { Container, Flex, Heading } from "@chakra-ui/react";
import type { ReactNode } from "react";
import { useTitle } from "@/utils/useTitle";

type Props = { title: string; actions?: ReactNode; width?: string; children: ReactNode };

export function Page({ title, actions, width = "5xl", children }: Props) {
  useTitle(title);
  return (
    <Container maxWidth={width} py={{ base: "4", md: "8" }} px={{ base: "4", md: "6" }}>
      <Flex align="center" justify="space-between" gap="4" mb="6" wrap="wrap">
        <Heading as="h1" size="2xl" letterSpacing="tight">
          {title}
        </Heading>
        {actions}
      </Flex>
      {children}
    </Container>
  );
}

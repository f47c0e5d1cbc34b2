// The frame of both ways of rating: the way out, the other way, how much is left and what it is for.
import { Box, Link as ChakraLink, Flex, HStack, Icon, IconButton, Text } from "@chakra-ui/react";
import { X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link, NavLink, useNavigate } from "react-router";
import { isTyping } from "@/utils/keyboard";
import { useTitle } from "@/utils/useTitle";

const ways = [
  { to: "/rate", label: "One by one" },
  { to: "/rate/best", label: "Pick the best" },
];
const wayOut = "/gallery";

type Props = {
  title: string;
  /** "12 left". */
  left: string | null;
  meter: ReactNode;
  children: ReactNode;
};

export function RateFrame({ title, left, meter, children }: Props) {
  useTitle(title);
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isTyping(event.target)) return;
      navigate(wayOut);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
  return (
    <Flex direction="column" flex="1" minHeight="0">
      <Flex
        align="center"
        columnGap={{ base: "2", md: "4" }}
        rowGap="1"
        px={{ base: "2", md: "4" }}
        py="2"
        wrap="wrap"
      >
        <IconButton asChild variant="ghost" size="sm" aria-label="Leave" title="Leave (Esc)">
          <Link to={wayOut} aria-keyshortcuts="Escape">
            <Icon as={X} aria-hidden />
          </Link>
        </IconButton>
        <HStack as="nav" aria-label="Ways of rating" gap="1">
          {ways.map(({ to, label }) => (
            <ChakraLink
              key={to}
              asChild
              variant="plain"
              px="3"
              py="1"
              rounded="full"
              textStyle="sm"
              color="fg.muted"
              _hover={{ bg: "bg.muted", color: "fg", textDecoration: "none" }}
              _currentPage={{ color: "accent.fg", bg: "accent.subtle" }}
            >
              <NavLink to={to} end replace>
                {label}
              </NavLink>
            </ChakraLink>
          ))}
        </HStack>
        <Box flex="1" />
        {left && (
          <Text textStyle="sm" color="fg.muted" fontVariantNumeric="tabular-nums">
            {left}
          </Text>
        )}
        <Box flexBasis={{ base: "full", md: "17rem" }} px={{ base: "2", md: "0" }}>
          {meter}
        </Box>
      </Flex>
      {children}
    </Flex>
  );
}

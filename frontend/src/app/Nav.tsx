// Top bar on wide screens; on phones the links move to the bottom, under the thumb.
import { Box, Flex, HStack, Icon, Link, Text } from "@chakra-ui/react";
import { Boxes, Images, type LucideIcon, Sparkles, Sprout, ThumbsUp } from "lucide-react";
import { NavLink } from "react-router";
import { QueueLink } from "@/components/queue/QueueLink";
import { ColorModeButton } from "./ColorModeButton";
import { TrainingLink } from "./TrainingLink";

const places: { to: string; label: string; icon: LucideIcon }[] = [
  { to: "/", label: "Generate", icon: Sparkles },
  { to: "/gallery", label: "Gallery", icon: Images },
  { to: "/rate", label: "Rate", icon: ThumbsUp },
  { to: "/retrain", label: "Retrain", icon: Sprout },
  { to: "/models", label: "Models", icon: Boxes },
];

const current = { color: "accent.fg", bg: "accent.subtle" };

export function TopBar() {
  return (
    <Box
      as="header"
      position="sticky"
      top="0"
      zIndex="docked"
      bg="bg"
      borderBottomWidth="1px"
      borderColor="border.muted"
    >
      <Flex align="center" gap={{ base: "3", md: "6" }} px={{ base: "4", md: "6" }} height="14">
        <Link asChild fontWeight="semibold" letterSpacing="tight" color="fg" variant="plain">
          <NavLink to="/">Tastemaker</NavLink>
        </Link>
        <HStack as="nav" aria-label="Pages" gap="1" display={{ base: "none", md: "flex" }}>
          {places.map(({ to, label, icon }) => (
            <Link
              key={to}
              asChild
              variant="plain"
              px="3"
              py="1.5"
              rounded="l2"
              color="fg.muted"
              _hover={{ bg: "bg.muted", color: "fg", textDecoration: "none" }}
              _currentPage={current}
            >
              <NavLink to={to} end={to === "/"}>
                <Icon as={icon} boxSize="4" aria-hidden />
                {label}
              </NavLink>
            </Link>
          ))}
        </HStack>
        <Box flex="1" />
        <QueueLink />
        <TrainingLink />
        <ColorModeButton />
      </Flex>
    </Box>
  );
}

export function BottomNav() {
  return (
    <Flex
      as="nav"
      aria-label="Pages"
      display={{ base: "flex", md: "none" }}
      position="fixed"
      insetX="0"
      bottom="0"
      zIndex="docked"
      height="var(--bottom-nav)"
      pb="env(safe-area-inset-bottom)"
      bg="bg.panel"
      borderTopWidth="1px"
      borderColor="border"
    >
      {places.map(({ to, label, icon }) => (
        <Link
          key={to}
          asChild
          flex="1"
          variant="plain"
          color="fg.muted"
          flexDirection="column"
          justifyContent="center"
          gap="0.5"
          focusRingOffset="-2px"
          _hover={{ textDecoration: "none" }}
          _currentPage={{ color: "accent.fg" }}
        >
          <NavLink to={to} end={to === "/"}>
            <Icon as={icon} boxSize="5" aria-hidden />
            <Text textStyle="xs">{label}</Text>
          </NavLink>
        </Link>
      ))}
    </Flex>
  );
}

// A whole window for pictures alone: what surrounds every page, without the navigation.
import { Flex, SkipNavContent, SkipNavLink } from "@chakra-ui/react";
import { Outlet } from "react-router";
import { LiveRegion } from "@/components/ui/LiveRegion";
import { Toaster } from "@/components/ui/toaster";
import { ConnectionBanner } from "./ConnectionBanner";

export function Room() {
  return (
    <Flex direction="column" height="100dvh" overflow="hidden">
      <SkipNavLink>Skip to the page</SkipNavLink>
      <ConnectionBanner />
      <SkipNavContent asChild>
        <Flex as="main" tabIndex={-1} outline="none" direction="column" flex="1" minHeight="0">
          <Outlet />
        </Flex>
      </SkipNavContent>
      <LiveRegion />
      <Toaster />
    </Flex>
  );
}

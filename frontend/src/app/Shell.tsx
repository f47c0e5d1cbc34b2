// What surrounds every page: skip link, navigation, connection banner, toasts, live region.
import { Box, SkipNavContent, SkipNavLink } from "@chakra-ui/react";
import { Outlet, ScrollRestoration } from "react-router";
import { LiveRegion } from "@/components/ui/LiveRegion";
import { Toaster } from "@/components/ui/toaster";
import { ConnectionBanner } from "./ConnectionBanner";
import { BottomNav, TopBar } from "./Nav";

export function Shell() {
  return (
    <Box minHeight="100dvh" display="flex" flexDirection="column">
      <SkipNavLink>Skip to the page</SkipNavLink>
      <TopBar />
      <ConnectionBanner />
      <SkipNavContent asChild>
        <Box
          as="main"
          tabIndex={-1}
          outline="none"
          flex="1"
          pb={{ base: "var(--bottom-nav)", md: "0" }}
        >
          <Outlet />
        </Box>
      </SkipNavContent>
      <BottomNav />
      <LiveRegion />
      <Toaster />
      <ScrollRestoration />
    </Box>
  );
}

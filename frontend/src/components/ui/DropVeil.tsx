// What lies over the page while files are dragged across it: where to let go, and what will happen.
import { Box, Icon, Portal, Text } from "@chakra-ui/react";
import { ImageDown } from "lucide-react";

export function DropVeil({ show, children }: { show: boolean; children: string }) {
  if (!show) return null;
  return (
    <Portal>
      <Box
        position="fixed"
        inset="0"
        zIndex="overlay"
        bg="bg/80"
        pointerEvents="none"
        display="grid"
        placeItems="center"
        p="6"
        aria-hidden
      >
        <Box
          display="flex"
          flexDirection="column"
          alignItems="center"
          gap="3"
          px="10"
          py="8"
          rounded="l3"
          bg="bg.panel"
          borderWidth="2px"
          borderStyle="dashed"
          borderColor="accent.solid"
          shadow="lg"
          textAlign="center"
        >
          <Icon as={ImageDown} boxSize="8" color="accent.fg" />
          <Text fontWeight="medium">{children}</Text>
        </Box>
      </Box>
    </Portal>
  );
}

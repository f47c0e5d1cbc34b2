// "3 new pictures": shown instead of pushing the wall about under the reader's eyes.
import { Box, Button, Icon } from "@chakra-ui/react";
import { ArrowUp } from "lucide-react";
import { count } from "@/utils/format";

export function FreshButton({ fresh, onClick }: { fresh: number | null; onClick: () => void }) {
  return (
    <Box position="sticky" top={{ base: "16", md: "44" }} zIndex="docked" height="0">
      <Box display="flex" justifyContent="center">
        <Button size="sm" rounded="full" shadow="md" mt="2" colorPalette="accent" onClick={onClick}>
          <Icon as={ArrowUp} boxSize="4" aria-hidden />
          {fresh === null ? "Many new pictures" : count(fresh, "new picture")}
        </Button>
      </Box>
    </Box>
  );
}

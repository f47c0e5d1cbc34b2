import { Box, Flex, Spinner } from "@chakra-ui/react";
import { useConnection } from "@/api/connection";

export function ConnectionBanner() {
  const offline = useConnection() === "offline";
  return (
    <Box role="status" aria-live="polite">
      {offline && (
        <Flex
          align="center"
          justify="center"
          gap="3"
          px="4"
          py="2"
          bg="bg.warning"
          color="fg.warning"
          textStyle="sm"
        >
          <Spinner size="xs" aria-hidden />
          The studio isn't answering; trying again… nothing you typed is lost.
        </Flex>
      )}
    </Box>
  );
}

// Before there is a picture: choose a file, drop or paste one, or take one of the gallery.
import { Box, Button, Heading, Icon, SimpleGrid, Stack, Text } from "@chakra-ui/react";
import { ImageUp } from "lucide-react";
import { Link } from "react-router";
import { useRecentImages } from "@/api/images";
import { describe, Picture } from "@/components/picture/Picture";
import { editAddress } from "@/components/picture/SendMenu";

const shown = 12;

export function Opening({ problem, onChoose }: { problem: string | null; onChoose: () => void }) {
  const recent = useRecentImages(shown).data?.items ?? [];
  return (
    <Stack gap="8">
      <Box
        borderWidth="2px"
        borderStyle="dashed"
        borderColor="border.emphasized"
        rounded="l3"
        px="6"
        py={{ base: "10", md: "14" }}
        textAlign="center"
      >
        <Heading as="h2" size="lg" mb="2">
          Which picture do you want to change?
        </Heading>
        <Text color="fg.muted" mb="5">
          Drop it here, paste it, or choose a file. Paint over what should be different, or extend
          it on any side.
        </Text>
        {problem && (
          <Text role="alert" color="fg.error" mb="4">
            {problem}
          </Text>
        )}
        <Button colorPalette="accent" onClick={onChoose}>
          <Icon as={ImageUp} boxSize="4" aria-hidden />
          Choose a picture
        </Button>
      </Box>
      {recent.length > 0 && (
        <Box as="section" aria-labelledby="recent">
          <Heading as="h2" size="md" id="recent" mb="3">
            Or one of your latest
          </Heading>
          <SimpleGrid columns={{ base: 3, md: 6 }} gap="3" alignItems="start">
            {recent.map((image) => (
              <Box
                key={image.id}
                asChild
                rounded="l2"
                overflow="hidden"
                focusVisibleRing="outside"
                display="block"
              >
                <Link to={editAddress(image.id)} aria-label={`Edit “${describe(image)}”`}>
                  <Picture image={image} />
                </Link>
              </Box>
            ))}
          </SimpleGrid>
        </Box>
      )}
    </Stack>
  );
}

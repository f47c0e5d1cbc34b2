// Why a picture is blurred.
import { Alert } from "@chakra-ui/react";
import type { Image } from "@/api/types";

export function Flagged({ image }: { image: Image }) {
  if (!image.flagged) return null;
  return (
    <Alert.Root status="warning">
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>Stored blurred</Alert.Title>
        <Alert.Description>{image.flagged}</Alert.Description>
      </Alert.Content>
    </Alert.Root>
  );
}

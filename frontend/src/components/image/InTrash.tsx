// A picture that is in the trash says so and offers the way out.
import { Alert, Button } from "@chakra-ui/react";
import type { Image } from "@/api/types";
import { useTrash } from "@/components/picture/useTrash";
import { RelativeTime } from "@/components/ui/RelativeTime";

export function InTrash({ image }: { image: Image }) {
  const move = useTrash();
  if (!image.deleted_at) return null;
  return (
    <Alert.Root status="neutral" alignItems="center">
      <Alert.Indicator />
      <Alert.Title flex="1">
        In the trash since <RelativeTime value={image.deleted_at} />
      </Alert.Title>
      <Button size="xs" variant="outline" onClick={() => move([image.id], false)}>
        Restore
      </Button>
    </Alert.Root>
  );
}

// Why pictures will soon come faster. Not announced: it asks nothing of anybody.
import { Text } from "@chakra-ui/react";
import { useWarmUp } from "@/api/system";
import { duration } from "@/utils/format";

export function WarmUpNote() {
  const seconds = useWarmUp();
  if (seconds === null) return null;
  return (
    <Text textStyle="sm" color="fg.muted">
      Getting faster: preparing the model for this machine, {duration(seconds)}
    </Text>
  );
}

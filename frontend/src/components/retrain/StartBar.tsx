// The one button, and a clear reason when it can't be pressed.
import { Alert, Button, Flex, Icon, Text } from "@chakra-ui/react";
import { Sprout } from "lucide-react";

type Props = {
  /** Why it can't start; `null` when it can. */
  reason: string | null;
  /** What the server said to the last try. */
  refusal: string | null;
  pending: boolean;
  onStart: () => void;
};

export function StartBar({ reason, refusal, pending, onStart }: Props) {
  return (
    <Flex direction="column" gap="3" align="start">
      {refusal && (
        <Alert.Root status="error" size="sm">
          <Alert.Indicator />
          <Alert.Title fontWeight="normal">{refusal}</Alert.Title>
        </Alert.Root>
      )}
      <Flex gap="4" align="center" wrap="wrap">
        <Button
          size="lg"
          colorPalette="accent"
          loading={pending}
          loadingText="Starting"
          // Not `disabled`: whoever comes by with the keyboard finds it, and hears the reason.
          aria-disabled={reason !== null}
          aria-describedby={reason ? "why-not" : undefined}
          opacity={reason ? 0.5 : undefined}
          cursor={reason ? "not-allowed" : undefined}
          onClick={() => {
            if (!reason) onStart();
          }}
        >
          <Icon as={Sprout} aria-hidden />
          Start training
        </Button>
        {reason && (
          <Text id="why-not" color="fg.muted" maxWidth="52ch">
            {reason}
          </Text>
        )}
      </Flex>
    </Flex>
  );
}

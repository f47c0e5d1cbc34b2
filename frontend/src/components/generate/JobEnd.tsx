// How a job ended when it didn't end in pictures: a sentence with what to do, and another try.
import { Alert, Button, Flex } from "@chakra-ui/react";
import type { Job } from "@/api/types";
import { useAgain } from "./useAgain";
import { useRetry } from "./useRetry";

export function JobEnd({ job, onDismiss }: { job: Job; onDismiss: () => void }) {
  const { retry, pending } = useRetry(job);
  const { likeRequest } = useAgain();
  const failed = job.state === "failed";
  const sentence = failed
    ? (job.error ?? "The picture couldn't be drawn, and no reason was given. Try again.")
    : job.images.length > 0
      ? "Cancelled. What was finished by then is kept."
      : "Cancelled.";
  return (
    <Alert.Root status={failed ? "error" : "neutral"} size="sm">
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Description>{sentence}</Alert.Description>
        <Flex gap="2" mt="2" wrap="wrap">
          {retry && (
            <Button size="xs" variant="outline" loading={pending} onClick={retry}>
              Try again
            </Button>
          )}
          {failed && job.kind === "generate" && (
            <Button size="xs" variant="outline" onClick={() => void likeRequest(job.request)}>
              Change the settings
            </Button>
          )}
          <Button size="xs" variant="ghost" onClick={onDismiss}>
            Dismiss
          </Button>
        </Flex>
      </Alert.Content>
    </Alert.Root>
  );
}

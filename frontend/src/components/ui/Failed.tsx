// A query that failed: the server's own sentence and a button to ask again.
import { Button } from "@chakra-ui/react";
import { CloudOff } from "lucide-react";
import { explain } from "@/api/problem";
import { Notice } from "./Notice";

type Props = {
  what: string;
  error: unknown;
  onRetry: () => void;
  /** "h1" when nothing else is on the page. */
  heading?: "h1" | "h2";
};

export function Failed({ what, error, onRetry, heading }: Props) {
  return (
    <Notice icon={CloudOff} title={`${what} couldn't be loaded`} heading={heading} role="alert">
      {explain(error)}
      <Button variant="outline" onClick={onRetry}>
        Try again
      </Button>
    </Notice>
  );
}

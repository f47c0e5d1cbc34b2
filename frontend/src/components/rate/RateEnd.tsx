// Nothing is left to rate: why, and what to do now.
import { Button, Center, Flex } from "@chakra-ui/react";
import { Check, Images } from "lucide-react";
import { Link } from "react-router";
import { Notice } from "@/components/ui/Notice";
import { count } from "@/utils/format";

type Props = {
  /** Of this visit. */
  rated: number;
  skipped: number;
  /** There are ratings enough for a retraining. */
  enough: boolean;
  /** Pictures exist, rated or not; `undefined` while that isn't known. */
  any: boolean | undefined;
  onAgain: () => void;
  onUndo: (() => void) | null;
};

function sentence({ rated, skipped, enough }: Props): string {
  const done = rated > 0 ? `You rated ${count(rated, "picture")}. ` : "";
  const passed =
    skipped > 0 ? `${count(skipped, "picture")} you skipped can be looked at again. ` : "";
  const on = enough
    ? "There are enough ratings to retrain."
    : "Draw some more to give it something to learn from.";
  return `${done}${passed}${on}`;
}

export function RateEnd(props: Props) {
  const { rated, skipped, enough, any, onAgain, onUndo } = props;
  if (any === false) {
    return (
      <Center flex="1">
        <Notice icon={Images} title="No pictures yet">
          There is nothing to rate. Describe something, and what is drawn can be rated here.
          <Button asChild colorPalette="accent">
            <Link to="/">Make the first picture</Link>
          </Button>
        </Notice>
      </Center>
    );
  }
  const title = rated + skipped > 0 ? "That was the last one" : "Every picture is rated";
  return (
    <Center flex="1">
      <Notice icon={Check} title={title}>
        {sentence(props)}
        <Flex gap="2" wrap="wrap" justify="center">
          <Button asChild colorPalette="accent" variant={enough ? "outline" : "solid"}>
            <Link to="/">Generate more</Link>
          </Button>
          {enough && (
            <Button asChild colorPalette="accent">
              <Link to="/retrain">Retrain</Link>
            </Button>
          )}
          {skipped > 0 && (
            <Button variant="ghost" onClick={onAgain}>
              Look at the skipped again
            </Button>
          )}
          {onUndo && (
            <Button variant="ghost" aria-keyshortcuts="Control+Z Meta+Z" onClick={onUndo}>
              Undo the last
            </Button>
          )}
        </Flex>
      </Notice>
    </Center>
  );
}

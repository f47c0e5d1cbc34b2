// What helps with the prompt: what was drawn before, favourites, styles, a surprise, its length.
import { Box, Flex, Icon, IconButton } from "@chakra-ui/react";
import { Dices, Star } from "lucide-react";
import { useFavourites, useMarkPrompt, useSurprise } from "@/api/prompts";
import type { Model } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";
import { HistoryMenu } from "./HistoryMenu";
import { StylePicker } from "./StylePicker";
import { TokenCount } from "./TokenCount";

type Props = {
  prompt: string;
  model: Model | undefined;
  styles: string;
  onPrompt: (text: string) => void;
  onStyles: (names: string) => void;
};

export function PromptTools({ prompt, model, styles, onPrompt, onStyles }: Props) {
  const surprise = useSurprise();
  const mark = useMarkPrompt();
  const { data: favourites = [] } = useFavourites();
  const text = prompt.trim();
  const starred = favourites.some((one) => one.text === text);

  function surpriseMe(): void {
    surprise.mutate(model?.state === "ready" ? model.name : null, {
      onSuccess: (found) => {
        if (!found.prompt) {
          notify("Rate some pictures first, so that there is something to build on");
          return;
        }
        onPrompt(found.prompt);
        const liked = found.parts.filter(({ likes }) => likes > 0);
        announce(
          liked.length > 0
            ? `${found.prompt}. You liked ${liked.map((part) => part.text).join(", ")}.`
            : found.prompt,
        );
      },
      onError: (error) => notifyError(error, "No surprise today"),
    });
  }

  const parts = surprise.data?.prompt === prompt ? surprise.data.parts : [];
  const because = parts
    .filter(({ likes }) => likes > 0)
    .map((part) => `“${part.text}” ${count(part.likes, "like")}`)
    .join(", ");

  return (
    <Box>
      <Flex align="center" gap="0.5" ms="-1.5">
        <HistoryMenu onPick={onPrompt} />
        <IconButton
          size="xs"
          variant="ghost"
          aria-label={starred ? "No favourite any more" : "Keep as a favourite"}
          title={starred ? "No favourite any more" : "Keep as a favourite"}
          aria-pressed={starred}
          disabled={text === ""}
          color={starred ? "accent.fg" : undefined}
          onClick={() =>
            mark.mutate(
              { text, favourite: !starred },
              { onError: (error) => notifyError(error, "It wasn't kept") },
            )
          }
        >
          <Icon as={Star} fill={starred ? "currentColor" : "none"} aria-hidden />
        </IconButton>
        <StylePicker chosen={styles} onChange={onStyles} />
        <IconButton
          size="xs"
          variant="ghost"
          aria-label="Surprise me"
          title="Surprise me: a new prompt from what you like"
          loading={surprise.isPending}
          onClick={surpriseMe}
        >
          <Icon as={Dices} aria-hidden />
        </IconButton>
        <Box
          flex="1"
          minWidth="0"
          textStyle="xs"
          color="fg.muted"
          truncate
          ps="1"
          title={because || undefined}
        >
          {because && `You liked ${because}`}
        </Box>
        <TokenCount prompt={prompt} model={model} />
      </Flex>
    </Box>
  );
}

// How much of the text encoder's window the prompt takes. More than one window is read, too.
import { Text } from "@chakra-ui/react";
import { useTokens } from "@/api/prompts";
import type { Model } from "@/api/types";
import { count } from "@/utils/format";
import { useSettled } from "@/utils/useSettled";

type Props = { prompt: string; model: Model | undefined };

export function TokenCount({ prompt, model }: Props) {
  const settled = useSettled(prompt.trim(), 400);
  const { data } = useTokens(settled, model?.state === "ready" ? model.name : undefined);
  if (!data || !prompt.trim()) return null;
  const { tokens, window, windows, dropped } = data;
  const explained =
    dropped > 0
      ? `${count(dropped, "token")} at the end won't be read`
      : `${count(tokens, "token")} in ${count(windows, "window")} of ${window}`;
  return (
    <Text
      textStyle="xs"
      color={dropped > 0 ? "fg.error" : "fg.muted"}
      fontVariantNumeric="tabular-nums"
      whiteSpace="nowrap"
      title={explained}
    >
      <span aria-hidden>
        {tokens}/{window * windows}
      </span>
      <Text as="span" srOnly>
        {explained}
      </Text>
    </Text>
  );
}

// How many more ratings make the next retraining worthwhile.
import { Progress, Text } from "@chakra-ui/react";
import type { Taste } from "@/api/types";
import { count, percent } from "@/utils/format";

/** "8 more ratings until it learns from likes". */
function towards({ level, needed }: Taste): string {
  const more = count(needed, "more rating");
  if (level === "too_few") return `${more} until it can learn your taste`;
  if (level === "likes") return `${more} until dislikes count too`;
  if (level === "preferences" && needed > 0) return `${more} until there are plenty`;
  return "Plenty to learn from";
}

/** `full` adds the server's advice, for pages that have the room. */
export function TasteMeter({ taste, full = false }: { taste: Taste; full?: boolean }) {
  const { liked, disliked, needed } = taste;
  const rated = liked + disliked;
  const text = towards(taste);
  return (
    <Progress.Root size="xs" colorPalette="accent" value={percent(rated, rated + needed)}>
      <Progress.Track
        rounded="full"
        aria-label={`${count(rated, "rating")}; ${text}`}
        aria-valuetext={text}
      >
        <Progress.Range transition="width 0.3s" />
      </Progress.Track>
      <Text textStyle="xs" color="fg.muted" mt="1" fontVariantNumeric="tabular-nums">
        {text}
      </Text>
      {full && (
        <Text textStyle="sm" mt="2">
          {taste.advice}
        </Text>
      )}
    </Progress.Root>
  );
}

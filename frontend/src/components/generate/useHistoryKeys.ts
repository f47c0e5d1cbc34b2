// Alt+↑ and Alt+↓ walk through the prompts that were drawn, like a shell's history. What was being
// typed waits below the latest and comes back.
import { useRef } from "react";
import { usePrompts } from "@/api/prompts";

type Walk = { at: number; typed: string; shown: string };

export function useHistoryKeys(value: string, onRecall: (text: string) => void) {
  const { data: prompts = [] } = usePrompts();
  const walk = useRef<Walk | null>(null);

  /** One step back (1) or forth (-1); false when there is nothing. */
  return function step(direction: 1 | -1): boolean {
    // Whoever types while walking starts anew from what stands there.
    const known =
      walk.current?.shown === value ? walk.current : { at: -1, typed: value, shown: value };
    const texts = prompts.map(({ text }) => text).filter((text) => text !== known.typed);
    const at = known.at + direction;
    const shown = at < 0 ? known.typed : texts[at];
    if (at < -1 || shown === undefined) return false;
    walk.current = { ...known, at, shown };
    onRecall(shown);
    return true;
  };
}

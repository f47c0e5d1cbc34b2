// Whether words are offered while a prompt is typed, which ones, and which is picked out.
import { useMemo, useState } from "react";
import type { Vocabulary } from "@/api/types";
import { complete, wordsOf } from "./complete";
import { recall } from "./recall";

const shut = { caret: -1, active: -1 };

export function useCompletions(
  text: string,
  vocabulary: Vocabulary | undefined,
  prompts: readonly string[],
) {
  const words = useMemo(() => (vocabulary ? wordsOf(vocabulary) : []), [vocabulary]);
  const [{ caret, active }, set] = useState(shut);
  const items = useMemo(() => {
    if (caret < 0) return [];
    const known = complete(text, caret, words);
    const offered = new Set(known.map((word) => word.text));
    const own = recall(text, caret, prompts).filter((one) => !offered.has(one.text));
    return [...known, ...own];
  }, [text, caret, words, prompts]);
  return {
    items,
    /** The one picked out by keys; -1 for none. */
    active,
    /** Where the words were asked for. */
    caret,
    /** Something was typed, up to here. */
    type: (place: number) => set({ caret: place, active: -1 }),
    close: () => set(shut),
    move: (by: number) =>
      set({ caret, active: (active + by + items.length) % Math.max(1, items.length) }),
  };
}

// Which words of a model's vocabulary what is being typed may become. Knows no React.
import type { Vocabulary } from "@/api/types";

/** `own` is what the owner wrote before; the others are what the model knows. */
export type Kind = "subject" | "background" | "world" | "look" | "own";

export type Word = {
  text: string;
  kind: Kind;
  /** What the model calls it, where that is another word. */
  name: string | null;
};

/** A word, and where the letters begin that it replaces; they end at the caret. */
export type Completion = Word & { start: number };

const longestPhrase = 4;
const fewestLetters = 2;

/** All words that mean something to the model, each once. */
export function wordsOf(vocabulary: Vocabulary): readonly Word[] {
  const found = new Map<string, Word>();
  function add(text: string, kind: Kind, name: string | null): void {
    if (!found.has(text)) found.set(text, { text, kind, name });
  }
  for (const { name, words } of vocabulary.subjects) {
    add(name, "subject", null);
    for (const word of words) add(word, "subject", name);
  }
  const others = [
    ["world", vocabulary.worlds],
    ["background", vocabulary.backgrounds],
    ["look", vocabulary.looks],
  ] as const;
  for (const [kind, terms] of others) {
    for (const { name, words } of terms) {
      for (const word of words.length > 0 ? words : [name]) add(word, kind, null);
    }
  }
  return [...found.values()];
}

/** What the letters before the caret may become, the likeliest first. */
export function complete(
  text: string,
  caret: number,
  words: readonly Word[],
  most = 6,
): readonly Completion[] {
  if (/^[\p{L}\p{N}]/u.test(text.slice(caret))) return []; // the caret stands within a word
  const before = text.slice(0, caret);
  const found = new Map<string, Completion>();
  for (const start of starts(before)) {
    const typed = before.slice(start).toLowerCase();
    if (typed.length < fewestLetters) continue;
    const single = !typed.includes(" ");
    const fitting = words
      .filter(({ text: word }) => word !== typed && word.startsWith(typed))
      .sort(shorter);
    // A single word may also be the one that matters in a phrase: "spa" for "in space".
    const within = single ? words.filter(({ text: word }) => word.includes(` ${typed}`)) : [];
    for (const word of [...fitting, ...within.sort(shorter)]) {
      if (!found.has(word.text)) found.set(word.text, { ...word, start });
    }
  }
  return [...found.values()].slice(0, most);
}

/** Where the last words before the caret begin, the longest run of words first. */
function starts(before: string): number[] {
  const run = /[\p{L}\p{N}'’-]+(?: [\p{L}\p{N}'’-]+)*$/u.exec(before);
  if (!run) return [];
  const beginnings = [...run[0].matchAll(/(?<=^| )\S/gu)].map((at) => run.index + at.index);
  return beginnings.slice(-longestPhrase);
}

function shorter(one: Word, other: Word): number {
  return one.text.length - other.text.length || one.text.localeCompare(other.text);
}

/** The text with a completion put in, and where the caret stands then. */
export function accept(
  text: string,
  caret: number,
  { start, text: word }: Completion,
): { text: string; caret: number } {
  return { text: text.slice(0, start) + word + text.slice(caret), caret: start + word.length };
}

// Completing what is typed from prompts that were drawn before. Knows no React.
import type { Completion } from "./complete";

const fewestLetters = 3;
const longestShown = 300;

/** Whole prompts while the first words are typed, afterwards the phrases between their commas. */
export function recall(
  text: string,
  caret: number,
  prompts: readonly string[],
  most = 3,
): readonly Completion[] {
  if (/^[^\s,]/.test(text.slice(caret))) return [];
  const before = text.slice(0, caret);
  const begin = Math.max(before.lastIndexOf(","), before.lastIndexOf("\n")) + 1;
  const phrase = before.slice(begin).replace(/^\s+/, "");
  if (phrase.length < fewestLetters) return [];
  const start = caret - phrase.length;
  const first = before.slice(0, start).trim() === "" && text.slice(caret).trim() === "";
  const typed = phrase.toLowerCase();
  const found = new Set<string>();
  for (const prompt of prompts) {
    if (found.size >= most) break;
    const fits = (words: string) =>
      words.toLowerCase().startsWith(typed) && words.length > phrase.length;
    if (first && prompt.length <= longestShown && fits(prompt)) found.add(prompt);
    else if (!first) {
      const part = prompt
        .split(/[,\n]/)
        .map((words) => words.trim())
        .find(fits);
      if (part !== undefined) found.add(part);
    }
  }
  return [...found]
    .slice(0, most)
    .map((words) => ({ text: words, kind: "own", name: null, start }));
}

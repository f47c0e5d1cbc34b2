// Weights in A1111's syntax: (words:1.2). Ctrl+↑/↓ gives the selection, the group around the caret
// or the word at it more or less of it. Knows no React.

export type Selected = { text: string; start: number; end: number };

const step = 0.1;
const least = 0;
const most = 3;
const implied = 1.1;
const weightAtEnd = /:\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*$/;

type Group = { open: number; close: number };

/** The closest pair of round brackets around a range, passing over escaped ones. */
function groupAround(text: string, start: number, end: number): Group | null {
  const opened: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "(") opened.push(at);
    else if (text[at] === ")") {
      const open = opened.pop();
      if (open !== undefined && open <= start && at >= end - 1) return { open, close: at };
    }
  }
  return null;
}

function wordAt(text: string, caret: number): [number, number] {
  const before = /[\p{L}\p{N}_'’-]*$/u.exec(text.slice(0, caret))?.[0] ?? "";
  const after = /^[\p{L}\p{N}_'’-]*/u.exec(text.slice(caret))?.[0] ?? "";
  return [caret - before.length, caret + after.length];
}

function trimmed(text: string, start: number, end: number): [number, number] {
  const part = text.slice(start, end);
  return [
    start + (part.length - part.replace(/^[\s,]+/, "").length),
    end - (part.length - part.replace(/[\s,]+$/, "").length),
  ];
}

function written(weight: number): string {
  return String(Math.round(100 * weight) / 100);
}

/** The text with more (`direction` 1) or less (-1) weight on what is selected. */
export function weigh({ text, start, end }: Selected, direction: 1 | -1): Selected {
  const [from, to] = start === end ? wordAt(text, start) : trimmed(text, start, end);
  const group = groupAround(text, from, to);
  if (group) {
    const inner = text.slice(group.open + 1, group.close);
    const match = weightAtEnd.exec(inner);
    const words = match ? inner.slice(0, match.index) : inner;
    const whole = from <= group.open + 1 && to >= group.open + 1 + words.length;
    // A word within a longer group is meant itself, unless only the caret stands there.
    if (whole || start === end) {
      return replaced(text, group.open, group.close + 1, words, weightOf(match), direction);
    }
  }
  const words = text.slice(from, to);
  if (words === "") return { text, start, end };
  return replaced(text, from, to, words, 1, direction);
}

function weightOf(match: RegExpExecArray | null): number {
  return match ? Number(match[1]) : implied;
}

function replaced(
  text: string,
  from: number,
  to: number,
  words: string,
  before: number,
  direction: 1 | -1,
): Selected {
  const weight = Math.min(
    most,
    Math.max(least, Math.round(100 * (before + direction * step)) / 100),
  );
  const plain = weight === 1;
  const made = plain ? words : `(${words}:${written(weight)})`;
  const start = plain ? from : from + 1;
  return { text: text.slice(0, from) + made + text.slice(to), start, end: start + words.length };
}

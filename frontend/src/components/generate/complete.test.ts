import type { Vocabulary } from "@/api/types";
import { accept, complete, wordsOf } from "./complete";

const vocabulary: Vocabulary = {
  subjects: [
    { name: "dog", words: ["puppy", "hound"] },
    { name: "pine tree", words: [] },
    { name: "pumpkin", words: [] },
    { name: "spaceship", words: [] },
  ],
  backgrounds: [{ name: "blue", words: ["on a blue background"] }],
  worlds: [{ name: "space", words: ["in space", "in outer space"] }],
  looks: [{ name: "pixel art", words: ["pixel art"] }],
};
const words = wordsOf(vocabulary);
const texts = (text: string, caret = text.length) =>
  complete(text, caret, words).map((found) => found.text);

test("each word is there once, and a synonym says what it means", () => {
  expect(words.map(({ text }) => text)).toEqual([...new Set(words.map(({ text }) => text))]);
  expect(words).toContainEqual({ text: "puppy", kind: "subject", name: "dog" });
  expect(words).toContainEqual({ text: "in space", kind: "world", name: null });
});

test.each([
  ["a pup", ["puppy"]],
  ["a PU", ["puppy", "pumpkin"]],
  ["p", []],
  ["", []],
  ["a dog", []],
  ["a dog ", []],
  ["xyz", []],
  ["a dog, pix", ["pixel art"]],
])("%j may become %j", (typed, expected) => {
  expect(texts(typed)).toEqual(expected);
});

test("a word may stand for the phrase that it belongs to, after words that begin with it", () => {
  expect(texts("a dog spa")).toEqual(["spaceship", "in space", "in outer space"]);
  expect(texts("a dog on a bl")).toEqual(["on a blue background"]);
});

test("a phrase begun is completed as a whole and not doubled", () => {
  const typed = "a dog in sp";
  const first = complete(typed, typed.length, words)[0];
  expect(first).toMatchObject({ text: "in space", start: 6 });
  if (first) {
    expect(accept(typed, typed.length, first)).toEqual({ text: "a dog in space", caret: 14 });
  }
});

test("what stands after the caret stays, and nothing is offered within a word", () => {
  const [first] = complete("a pup on the moon", 5, words);
  expect(first?.text).toBe("puppy");
  if (first) {
    expect(accept("a pup on the moon", 5, first)).toEqual({
      text: "a puppy on the moon",
      caret: 7,
    });
  }
  expect(texts("a puppy", 4)).toEqual([]);
});

test("no more are offered than asked for", () => {
  expect(complete("a p", 3, words, 2)).toHaveLength(0);
  expect(complete("pu", 2, words, 1)).toHaveLength(1);
});

import { recall } from "./recall";

const prompts = ["a red cat, oil painting, at night", "a red dog, oil sketch", "a Red cat"];
const texts = (text: string, caret = text.length) =>
  recall(text, caret, prompts).map((found) => found.text);

test("the first words bring back whole prompts, the latest first", () => {
  expect(texts("a red c")).toEqual(["a red cat, oil painting, at night", "a Red cat"]);
  expect(texts("A RED D")).toEqual(["a red dog, oil sketch"]);
});

test("later words bring back phrases", () => {
  expect(recall("a cow, oil", 10, prompts)).toEqual([
    { text: "oil painting", kind: "own", name: null, start: 7 },
    { text: "oil sketch", kind: "own", name: null, start: 7 },
  ]);
});

test("too little, or in the middle of a word, brings nothing", () => {
  expect(texts("a ")).toEqual([]);
  expect(texts("a red cat", 6)).toEqual([]);
  expect(texts("nothing like it")).toEqual([]);
});

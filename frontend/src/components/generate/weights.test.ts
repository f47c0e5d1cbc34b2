import { type Selected, weigh } from "./weights";

/** "a [cat] b" with the selection in square brackets; "|" is a caret. */
function selected(marked: string): Selected {
  if (marked.includes("|")) {
    const start = marked.indexOf("|");
    return { text: marked.replace("|", ""), start, end: start };
  }
  const start = marked.indexOf("[");
  const end = marked.indexOf("]") - 1;
  return { text: marked.replace("[", "").replace("]", ""), start, end };
}

function marked({ text, start, end }: Selected): string {
  return `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
}

test.each([
  ["a c|at b", 1, "a ([cat]:1.1) b"],
  ["a [red cat] b", 1, "a ([red cat]:1.1) b"],
  ["a [red cat, ]b", 1, "a ([red cat]:1.1), b"],
  ["a ([cat]:1.1) b", 1, "a ([cat]:1.2) b"],
  ["a ([cat]:1.1) b", -1, "a [cat] b"],
  ["a (c|at:1.25) b", 1, "a ([cat]:1.35) b"],
  ["a (cat) b|", -1, "a (cat) ([b]:0.9)"],
  ["a (c|at) b", 1, "a ([cat]:1.2) b"],
  ["([cat]:0.1)", -1, "([cat]:0)"],
  ["([cat]:3)", 1, "([cat]:3)"],
  ["(a [red] cat:1.2)", 1, "(a ([red]:1.1) cat:1.2)"],
  ["(a r|ed cat:1.2)", 1, "([a red cat]:1.3)"],
  ["\\(x\\) c|at", 1, "\\(x\\) ([cat]:1.1)"],
  ["l'é|té", 1, "([l'été]:1.1)"],
] as const)("%s by %i is %s", (before, direction, after) => {
  expect(marked(weigh(selected(before), direction))).toBe(after);
});

test("nothing to weigh changes nothing", () => {
  expect(weigh(selected("a , | b"), 1)).toEqual(selected("a , | b"));
});

test("up and down again is as before", () => {
  const start = selected("a [red cat] b");
  expect(weigh(weigh(start, 1), -1)).toEqual(start);
});

import { sizeOf, toAxis, toggled, valuesOf } from "./axes";

test("numbers stand between commas, words on a line each", () => {
  expect(valuesOf({ parameter: "seed", text: "1, 2,\n3" })).toEqual(["1", "2", "3"]);
  expect(valuesOf({ parameter: "prompt", text: "a cat, red\n a dog \n" })).toEqual([
    "a cat, red",
    "a dog",
  ]);
  expect(toAxis({ parameter: "", text: "1" })).toBeNull();
  expect(toAxis({ parameter: "seed", text: " , " })).toBeNull();
});

test.each([
  ["1-5", 5],
  ["10-30 (+5)", 5],
  ["10-30:10, 50", 4],
  ["1-10 [4]", 4],
  ["1-2:0.5", 3],
  ["5-3", 3],
  ["7.5", 1],
] as const)("%s are %i values", (text, size) => {
  expect(sizeOf({ parameter: "guidance_scale", text })).toBe(size);
});

test("a hyphen between words is no range", () => {
  expect(sizeOf({ parameter: "prompt", text: "1-5" })).toBe(1);
});

test("choosing again takes away", () => {
  expect(toggled("", "euler")).toBe("euler");
  expect(toggled("euler\nheun", "euler")).toBe("heun");
});

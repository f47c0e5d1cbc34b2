import { digitsFor, digitsOf, place, rangeOf, smooth, ticks } from "./curve";

test("ticks are round numbers inside the range", () => {
  expect(ticks({ low: 0, high: 100 }, 4)).toEqual([0, 50, 100]);
  expect(ticks({ low: 3, high: 97 }, 4)).toEqual([50]);
  expect(ticks({ low: 0.11, high: 0.19 }, 4).map((value) => value.toFixed(2))).toEqual([
    "0.12",
    "0.14",
    "0.16",
    "0.18",
  ]);
  expect(ticks({ low: 5, high: 5 }, 4)).toEqual([5]);
});

test("a smoothed line starts at its first value and follows", () => {
  const line = smooth([1, 1, 5].map((value, step) => ({ step, value })));
  expect(line[0]?.value).toBeCloseTo(1);
  expect(line[2]?.value).toBeGreaterThan(1);
  expect(line[2]?.value).toBeLessThan(5);
});

test("equal values and no values still have a range to be drawn in", () => {
  const flat = rangeOf([2, 2]);
  expect(flat.low).toBeLessThan(2);
  expect(flat.high).toBeGreaterThan(2);
  expect(rangeOf([])).toEqual({ low: 0, high: 1 });
  expect(rangeOf([1, Number.NaN, 3]).high).toBeGreaterThan(3);
});

test("places run from one end to the other", () => {
  const range = { low: 0, high: 10 };
  expect([0, 5, 10].map((value) => place(value, range, 100, 0))).toEqual([100, 50, 0]);
});

test("small spreads need more digits", () => {
  expect(digitsFor(100)).toBe(0);
  expect(digitsFor(0.5)).toBe(3);
  expect(digitsFor(0.0004)).toBe(6);
});

test("ticks are written with the digits that their distance needs", () => {
  expect(digitsOf([0, 50])).toBe(0);
  expect(digitsOf([0.1, 0.2])).toBe(1);
  expect(digitsOf(ticks({ low: 0.3221, high: 0.3262 }, 4))).toBe(3);
  expect(digitsOf([0.3])).toBe(3);
});

import { relativeDate } from "./dates";
import { bytes, count, duration, percent } from "./format";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [38_000_000, "38.0 MB"],
  [999_960_000, "1.0 GB"],
  [3_440_000_000, "3.4 GB"],
])("%i bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

test.each([
  [0.4, "0 s"],
  [59.6, "1 min"],
  [125, "2 min 5 s"],
  [1500, "25 min"],
  [4800, "1 h 20 min"],
])("%d seconds are %s", (value, text) => expect(duration(value)).toBe(text));

test("counts agree with their noun", () => {
  expect([count(1, "picture"), count(2, "picture"), count(1200, "step")]).toEqual([
    "1 picture",
    "2 pictures",
    "1,200 steps",
  ]);
});

test("a share is never rounded up to done", () => {
  expect([percent(999, 1000), percent(5, 0), percent(30, 20)]).toEqual([99, 0, 100]);
});

test("dates are relative to now", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  expect(relativeDate("2026-01-31T11:59:40Z", now)).toBe("just now");
  expect(relativeDate("2026-01-31T10:00:00Z", now)).toBe("2 hours ago");
  expect(relativeDate("2026-01-30T11:00:00Z", now)).toBe("yesterday");
});

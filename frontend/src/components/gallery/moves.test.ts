import { describe, expect, it } from "vitest";
import type { Row } from "./justify";
import { move, rowIndexOf } from "./moves";

/** 0 and 1 side by side, then 2, 3, 4, then 5 alone. */
const ROWS: Row[] = [
  { height: 100, cells: cells(0, [0, 150], [150, 150]) },
  { height: 100, cells: cells(2, [0, 100], [100, 100], [200, 100]) },
  { height: 100, cells: cells(5, [0, 120]) },
];

function cells(first: number, ...places: [number, number][]) {
  return places.map(([left, width], i) => ({ index: first + i, left, width }));
}

describe("moving through the grid", () => {
  it("goes left and right through the rows like through text", () => {
    expect(move(ROWS, 1, "ArrowRight")).toBe(2);
    expect(move(ROWS, 2, "ArrowLeft")).toBe(1);
    expect(move(ROWS, 0, "ArrowLeft")).toBe(0);
    expect(move(ROWS, 5, "ArrowRight")).toBe(5);
  });

  it("goes up and down to the picture whose middle is nearest", () => {
    expect(move(ROWS, 1, "ArrowDown")).toBe(4);
    expect(move(ROWS, 4, "ArrowDown")).toBe(5);
    expect(move(ROWS, 3, "ArrowUp")).toBe(0);
    expect(move(ROWS, 0, "ArrowUp")).toBe(0);
    expect(move(ROWS, 5, "ArrowDown")).toBe(5);
  });

  it("knows the ends of a row and of the whole", () => {
    expect(move(ROWS, 3, "Home")).toBe(2);
    expect(move(ROWS, 3, "End")).toBe(4);
    expect(move(ROWS, 3, "Home", true)).toBe(0);
    expect(move(ROWS, 3, "End", true)).toBe(5);
    expect(move(ROWS, 4, "PageUp")).toBe(1);
  });

  it("leaves other keys alone, and an empty grid", () => {
    expect(move(ROWS, 3, "x")).toBeNull();
    expect(move([], 0, "ArrowDown")).toBeNull();
  });

  it("finds the row of a picture", () => {
    expect([0, 1, 2, 4, 5].map((index) => rowIndexOf(ROWS, index))).toEqual([0, 0, 1, 1, 2]);
  });
});

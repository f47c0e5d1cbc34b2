import { describe, expect, it } from "vitest";
import { aspectOf, justify, type Size } from "./justify";

const OPTIONS = { width: 1000, target: 200, gap: 4, holdLast: false };

function shapes(count: number): Size[] {
  const kinds: Size[] = [
    { width: 512, height: 512 },
    { width: 768, height: 512 },
    { width: 512, height: 896 },
  ];
  return Array.from({ length: count }, (_, i) => kinds[(i * 7) % 3] as Size);
}

describe("justify", () => {
  it("places every picture once and in order", () => {
    const rows = justify(shapes(101), OPTIONS);
    const seen = rows.flatMap((row) => row.cells.map((cell) => cell.index));
    expect(seen).toEqual(Array.from({ length: 101 }, (_, i) => i));
  });

  it("fills the width exactly and keeps aspect ratios", () => {
    const sizes = shapes(60);
    const rows = justify(sizes, OPTIONS).slice(0, -1);
    for (const row of rows) {
      const last = row.cells.at(-1);
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBeGreaterThanOrEqual(999);
      expect((last?.left ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(1000);
      for (const cell of row.cells) {
        const wanted = aspectOf(sizes[cell.index] as Size) * row.height;
        expect(Math.abs(cell.width - wanted)).toBeLessThan(3);
      }
    }
  });

  it("doesn't move what is already placed when more pictures come", () => {
    const before = justify(shapes(50), { ...OPTIONS, holdLast: true });
    const after = justify(shapes(90), { ...OPTIONS, holdLast: true });
    expect(after.slice(0, before.length)).toEqual(before);
  });

  it("leaves out an unfinished last row only while more are to come", () => {
    const three = shapes(3).map(() => ({ width: 100, height: 100 }));
    expect(justify(three, { ...OPTIONS, holdLast: true })).toEqual([]);
    const [row] = justify(three, OPTIONS);
    expect(row?.height).toBe(200);
    expect(row?.cells).toHaveLength(3);
  });

  it("survives a picture that is wider than the grid, and sizes that are no sizes", () => {
    const odd = [
      { width: 4000, height: 100 },
      { width: 0, height: 0 },
      { width: 10, height: 5000 },
    ];
    const rows = justify(odd, { ...OPTIONS, width: 300 });
    expect(rows.flatMap((row) => row.cells)).toHaveLength(3);
    for (const row of rows) expect(row.height).toBeGreaterThan(0);
    expect(justify(odd, { ...OPTIONS, width: 0 })).toEqual([]);
  });
});

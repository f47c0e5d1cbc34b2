import { describe, expect, it } from "vitest";
import { extend, keepOnly, NOTHING_SELECTED, selectAll, toggle } from "./selection";

const LIST = [9, 8, 7, 6, 5, 4];
const ids = (selection: { ids: ReadonlySet<number> }) => [...selection.ids].sort((a, b) => b - a);

describe("selection", () => {
  it("toggles one", () => {
    const one = toggle(NOTHING_SELECTED, 7);
    expect(ids(one)).toEqual([7]);
    expect(ids(toggle(one, 7))).toEqual([]);
  });

  it("extends from the anchor in either direction, and again from the same anchor", () => {
    const start = toggle(NOTHING_SELECTED, 7);
    const down = extend(start, 5, LIST);
    expect(ids(down)).toEqual([7, 6, 5]);
    expect(ids(extend(down, 9, LIST))).toEqual([9, 8, 7, 6, 5]);
  });

  it("begins with the one that is asked for when there is no anchor in the list", () => {
    expect(ids(extend(NOTHING_SELECTED, 6, LIST))).toEqual([6]);
    expect(ids(extend({ ids: new Set(), anchor: 1 }, 6, LIST))).toEqual([6]);
  });

  it("drops what left the list and keeps its identity otherwise", () => {
    const all = selectAll(LIST);
    expect(keepOnly(all, LIST)).toBe(all);
    expect(ids(keepOnly(all, [9, 4]))).toEqual([9, 4]);
  });
});

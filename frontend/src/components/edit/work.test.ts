import { expect, test } from "vitest";
import { noExtend, Work } from "./work";

const size = { width: 20, height: 10 };
const middle = { x: 10, y: 5 };

function dab(work: Work, x: number, tool: "brush" | "eraser" = "brush"): void {
  work.begin();
  work.line(tool, { x, y: 5 }, { x, y: 5 }, 4);
  work.end("Stroke");
}

const sum = (work: Work) => work.mask.bytes.reduce((total, value) => total + value, 0) / 255;

test("everything can be undone and done again, in order", () => {
  const work = new Work(size);
  dab(work, 5);
  const one = sum(work);
  dab(work, 12);
  work.invert();
  work.setExtend({ ...noExtend, left: 8 });
  work.clear();
  expect(sum(work)).toBe(0);
  const undone = [work.undo(), work.undo(), work.undo(), work.undo()];
  expect(undone).toEqual(["Clear", "Extend", "Invert", "Stroke"]);
  expect(sum(work)).toBe(one);
  expect(work.extend).toEqual(noExtend);
  expect([work.redo(), work.redo(), work.redo()]).toEqual(["Stroke", "Invert", "Extend"]);
  expect(work.extend.left).toBe(8);
  expect(sum(work)).toBe(200 - 2 * one);
  expect(work.redo()).toBe("Clear");
  expect(work.redo()).toBeNull();
  while (work.undo());
  expect(sum(work)).toBe(0);
  expect(work.undoable).toBeNull();
});

test("what is done after undoing takes the place of what was undone", () => {
  const work = new Work(size);
  dab(work, 5);
  work.undo();
  dab(work, 12);
  expect(work.redoable).toBeNull();
  expect(work.redo()).toBeNull();
});

test("a stroke that was cancelled has never been", () => {
  const work = new Work(size);
  dab(work, 5);
  const before = work.mask.bytes.slice();
  work.begin();
  work.line("eraser", middle, { x: 0, y: 0 }, 8);
  work.cancel();
  expect(work.mask.bytes).toEqual(before);
  work.undo();
  expect(work.undoable).toBeNull();
});

test("undoing in the middle of a stroke takes it back and ends it", () => {
  const work = new Work(size);
  work.begin();
  work.line("brush", middle, middle, 4);
  work.undo();
  work.line("brush", middle, { x: 0, y: 0 }, 4);
  expect(sum(work)).toBe(0);
  expect(work.redo()).toBe("Stroke");
});

test("a stroke that touched nothing is nothing to undo", () => {
  const work = new Work(size);
  work.begin();
  work.line("brush", { x: -50, y: -50 }, { x: -40, y: -50 }, 4);
  work.end("Stroke");
  expect(work.undoable).toBeNull();
});

test("dragging a side is undone in one go", () => {
  const work = new Work(size);
  for (const left of [8, 16, 24]) work.setExtend({ ...noExtend, left }, "drag");
  work.setExtend({ ...noExtend, left: 32 }, "another");
  work.undo();
  expect(work.extend.left).toBe(24);
  work.undo();
  expect(work.extend).toEqual(noExtend);
  work.redo();
  expect(work.extend.left).toBe(24);
});

test("the brush is as large on the mask of a huge picture as on the picture", () => {
  const work = new Work({ width: 8000, height: 5000 });
  work.begin();
  work.line("brush", { x: 4000, y: 2500 }, { x: 4000, y: 2500 }, 800);
  work.end("Stroke");
  expect(work.coverage).toBeCloseTo((Math.PI * 400 ** 2) / (8000 * 5000), 4);
});

test("whoever draws the mask hears where it changed", () => {
  const work = new Work(size);
  const heard: object[] = [];
  work.onPixels((rect) => heard.push(rect));
  dab(work, 10);
  expect(heard).toEqual([{ left: 8, top: 3, right: 12, bottom: 7 }]);
  work.undo();
  expect(heard).toHaveLength(2);
});

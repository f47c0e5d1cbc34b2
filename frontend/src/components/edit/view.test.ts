import { expect, test } from "vitest";
import { fitted, frameOf, pan, pinch, reveal, toPicture, toStage, zoom } from "./view";

const picture = { width: 200, height: 100 };
const none = { left: 0, top: 0, right: 0, bottom: 0 };
const stage = { width: 448, height: 448 };

test("the whole frame is in the middle of the stage", () => {
  expect(fitted(frameOf(picture, none), stage)).toEqual({ scale: 2, x: 24, y: 124 });
  const frame = frameOf(picture, { ...none, left: 200 });
  const view = fitted(frame, stage);
  expect(view.scale).toBe(1);
  expect(toStage(view, { x: -200, y: 0 })).toEqual({ x: 24, y: 174 });
});

test("zooming leaves what is under the pointer where it is", () => {
  const view = { scale: 2, x: 10, y: 20 };
  const at = { x: 90, y: 70 };
  const before = toPicture(view, at);
  const after = toPicture(zoom(view, 1.7, at), at);
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
  expect(zoom(view, 1e9, at).scale).toBe(32);
});

test("two fingers move and zoom what is under them", () => {
  const view = { scale: 1, x: 0, y: 0 };
  const next = pinch(
    view,
    [
      { x: 100, y: 100 },
      { x: 200, y: 100 },
    ],
    [
      { x: 50, y: 150 },
      { x: 250, y: 150 },
    ],
  );
  expect(next.scale).toBe(2);
  expect(toStage(next, { x: 100, y: 100 })).toEqual({ x: 50, y: 150 });
  expect(toStage(next, { x: 200, y: 100 })).toEqual({ x: 250, y: 150 });
});

test("the picture can't be moved off the stage", () => {
  const frame = frameOf(picture, none);
  const view = { scale: 1, x: 0, y: 0 };
  expect(pan(view, { x: 9999, y: -9999 }, frame, stage)).toEqual({ scale: 1, x: 400, y: -52 });
});

test("a cursor beyond the stage's edge is brought back into view", () => {
  const view = { scale: 4, x: -100, y: 0 };
  const moved = reveal(view, { x: 195, y: 20 }, stage);
  expect(toStage(moved, { x: 195, y: 20 })).toEqual({ x: 424, y: 80 });
  expect(reveal(view, { x: 60, y: 50 }, stage)).toEqual(view);
});

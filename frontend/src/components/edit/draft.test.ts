import { expect, test } from "vitest";
import { checkEdit, editBody, emptyEdit } from "./draft";
import { largestExtend, moved, stepOf } from "./extend";
import { noExtend } from "./work";

const subject = { prompt: "a lamp", painted: true, extend: noExtend };

test("an edit needs something to redraw, and a prompt from somewhere", () => {
  expect(checkEdit(emptyEdit, subject)).toEqual({});
  expect(checkEdit(emptyEdit, { ...subject, painted: false }).mask).toMatch(/Paint over/);
  const extended = { ...subject, painted: false, extend: { ...noExtend, top: 8 } };
  expect(checkEdit(emptyEdit, extended)).toEqual({});
  expect(checkEdit(emptyEdit, { ...subject, prompt: null }).prompt).toMatch(/Describe/);
  expect(checkEdit({ ...emptyEdit, prompt: "a cat" }, { ...subject, prompt: null })).toEqual({});
});

test("numbers out of range are told at their fields", () => {
  const wrong = { ...emptyEdit, mask_blur: "65", padding: "-1", num_images: "1.5", seed: "-2" };
  expect(Object.keys(checkEdit(wrong, subject)).sort()).toEqual(
    ["mask_blur", "num_images", "padding", "seed"].sort(),
  );
  const fine = {
    ...emptyEdit,
    mask_blur: "0",
    padding: "0",
    num_images: "4",
    guidance_scale: "2.5",
  };
  expect(checkEdit(fine, subject)).toEqual({});
});

test("only what was typed is sent, and the usual for the rest", () => {
  expect(editBody(emptyEdit, noExtend)).toEqual({
    strength: 1,
    mask_blur: 4,
    only_masked: false,
    padding: 32,
    num_images: 1,
  });
  const typed = { ...emptyEdit, prompt: " a cat ", strength: "45", only_masked: "yes", seed: "7" };
  expect(editBody(typed, { ...noExtend, left: 64 })).toMatchObject({
    prompt: "a cat",
    strength: 0.45,
    only_masked: true,
    seed: 7,
    extend: { left: 64, top: 0, right: 0, bottom: 0 },
  });
});

test("a corner moves two sides, in steps that models draw in, and never inwards", () => {
  const picture = { width: 100, height: 80 };
  const by = { x: -21, y: -13 };
  expect(moved(noExtend, ["left", "top"], by, picture)).toEqual({ ...noExtend, left: 24, top: 16 });
  expect(moved(noExtend, ["right"], by, picture)).toEqual(noExtend);
  const far = moved(noExtend, ["bottom"], { x: 0, y: 9999 }, picture);
  expect(far.bottom).toBe(largestExtend(picture));
});

test("an arrow moves a side the way it points", () => {
  expect(stepOf("left", "ArrowLeft", false)).toBe(8);
  expect(stepOf("left", "ArrowRight", true)).toBe(-64);
  expect(stepOf("top", "ArrowUp", false)).toBe(8);
  expect(stepOf("bottom", "ArrowUp", false)).toBe(-8);
  expect(stepOf("bottom", "ArrowRight", false)).toBe(8);
  expect(stepOf("right", "a", false)).toBeNull();
});

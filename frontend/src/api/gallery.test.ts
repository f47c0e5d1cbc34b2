import { expect, it } from "vitest";
import { imageOf } from "@/testing/fakeGallery";
import { freshOnTop } from "./gallery";

const images = (...ids: number[]) => ids.map((id) => imageOf(id));

it("finds what is new on top", () => {
  expect(freshOnTop(images(5, 4, 3, 2), new Set([3, 2, 1]))).toEqual(images(5, 4));
  expect(freshOnTop(images(3, 2), new Set([3, 2, 1]))).toEqual([]);
});

it("doesn't take what moved up from an unloaded page for new", () => {
  // 2 was trashed, so the head now reaches down to 0, which wasn't loaded yet.
  expect(freshOnTop(images(3, 1, 0), new Set([3, 2, 1]))).toEqual([]);
});

it("says when nothing is known any more", () => {
  expect(freshOnTop(images(500, 499), new Set([3, 2]))).toBeNull();
  expect(freshOnTop([], new Set([3, 2]))).toEqual([]);
});

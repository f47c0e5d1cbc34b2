import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { imageOf } from "@/testing/fakeGallery";
import { dropImages, patchImages } from "./patch";

function filled() {
  const cache = new QueryClient();
  const untouched = { items: [imageOf(9)] };
  cache.setQueryData(["gallery", {}, "a"], {
    pages: [
      { items: [imageOf(3), imageOf(2)], next_cursor: "x" },
      { items: [imageOf(1)], next_cursor: null },
    ],
    pageParams: [null, "x"],
  });
  cache.setQueryData(["images", "detail", 2], imageOf(2));
  cache.setQueryData(["jobs"], [{ id: "j", images: [imageOf(2)] }]);
  cache.setQueryData(["images", "recent", 1], untouched);
  return { cache, untouched };
}

it("changes an image wherever it is held, and nothing else", () => {
  const { cache, untouched } = filled();
  patchImages(cache, [2], { feedback: 1 });
  expect(cache.getQueryData(["images", "detail", 2])).toMatchObject({ feedback: 1 });
  expect(cache.getQueryData(["jobs"])).toMatchObject([{ images: [{ id: 2, feedback: 1 }] }]);
  expect(cache.getQueryData(["gallery", {}, "a"])).toMatchObject({
    pages: [{ items: [{ feedback: 0 }, { feedback: 1 }] }, { items: [{ feedback: 0 }] }],
  });
  expect(cache.getQueryData(["images", "recent", 1])).toBe(untouched);
});

it("changes many at once", () => {
  const { cache } = filled();
  patchImages(cache, [1, 3], { deleted_at: "now" });
  expect(cache.getQueryData(["gallery", {}, "a"])).toMatchObject({
    pages: [
      { items: [{ deleted_at: "now" }, { deleted_at: null }] },
      { items: [{ deleted_at: "now" }] },
    ],
  });
});

it("takes images out of lists and keeps the pages' shape", () => {
  const { cache } = filled();
  dropImages(cache, [2, 1]);
  expect(cache.getQueryData(["gallery", {}, "a"])).toMatchObject({
    pages: [
      { items: [{ id: 3 }], next_cursor: "x" },
      { items: [], next_cursor: null },
    ],
    pageParams: [null, "x"],
  });
});

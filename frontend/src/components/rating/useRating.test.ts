import { beforeEach, expect, it } from "vitest";
import { ratingOfKey } from "./useRating";

function press(key: string, target: Element = document.body, init: KeyboardEventInit = {}) {
  let rating: ReturnType<typeof ratingOfKey>;
  const listen = (event: Event) => {
    rating = ratingOfKey(event as KeyboardEvent);
  };
  target.addEventListener("keydown", listen);
  target.dispatchEvent(new KeyboardEvent("keydown", { key, ...init }));
  target.removeEventListener("keydown", listen);
  return rating;
}

// Any other key ends what a "-" began.
beforeEach(() => void press("x"));

it("rates with 1, 0 and -", () => {
  expect(press("1")).toBe(1);
  expect(press("0")).toBe(0);
  expect(press("-")).toBe(-1);
  expect(press("x")).toBeUndefined();
});

it("takes -1 for one dislike, not for a dislike and a like", () => {
  expect([press("-"), press("1")]).toEqual([-1, undefined]);
  expect(press("1")).toBe(1);
  expect([press("-"), press("ArrowRight"), press("1")]).toEqual([-1, undefined, 1]);
});

it("leaves fields and shortcuts alone", () => {
  const field = document.body.appendChild(document.createElement("input"));
  expect(press("1", field)).toBeUndefined();
  field.remove();
  expect(press("1", document.body, { ctrlKey: true })).toBeUndefined();
});

import { expect, test } from "vitest";
import { linesByPicture } from "./metadataLines";

test("lines are found by their picture and stay as they are", () => {
  const line = '{"file_name": "liked/a.png", "seed": 9223372036854775807}';
  const found = linesByPicture(`${line}\nno JSON\n[1]\n{}\n{"file_name": 5}\n`, "");
  expect([...found]).toEqual([["liked/a.png", line]]);
});

test("paths are relative to what was chosen", () => {
  const found = linesByPicture('{"file_name": "./a.png", "text": "a cat"}', "inner");
  expect([...found.keys()]).toEqual(["inner/a.png"]);
  expect(JSON.parse(found.get("inner/a.png") ?? "")).toEqual({
    file_name: "inner/a.png",
    text: "a cat",
  });
});

import { sampleModel, sampleVersion } from "@/testing/samples";
import { type Branch, treeOf } from "./tree";

const version = (name: string, parent: string) =>
  sampleVersion({ name }, { parent, base: "starter" });
const shape = ({ model, children }: Branch): unknown => [model.name, children.map(shape)];

test("versions stand under what they were trained from", () => {
  const models = [
    sampleModel(),
    sampleModel({ name: "other" }),
    version("one", "starter"),
    version("two", "one"),
    version("three", "starter"),
  ];
  expect(treeOf(models).map(shape)).toEqual([
    [
      "starter",
      [
        ["one", [["two", []]]],
        ["three", []],
      ],
    ],
    ["other", []],
  ]);
});

test("a version whose parent is gone is a root; a circle loses nobody", () => {
  const models = [version("orphan", "deleted"), version("a", "b"), version("b", "a")];
  expect(treeOf(models).map(({ model }) => model.name)).toEqual(["orphan", "a", "b"]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "@chakra-ui/react";
import { recipes, slotRecipes } from "./recipes";

const everyRecipe = [
  ...Object.keys(defaultConfig.theme?.recipes ?? {}),
  ...Object.keys(defaultConfig.theme?.slotRecipes ?? {}),
];
const ours = new Set([...Object.keys(recipes), ...Object.keys(slotRecipes)]);

// Components that borrow another's style.
const borrowed: Record<string, string> = {
  IconButton: "button",
  CloseButton: "button",
  SkeletonText: "skeleton",
  SkeletonCircle: "skeleton",
  InputGroup: "inputAddon",
};

function imported(): string[] {
  const src = join(__dirname, "..");
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsx"))
    .flatMap((name) => [
      ...readFileSync(join(src, name), "utf8").matchAll(
        /import \{([^}]*)\} from "@chakra-ui\/react"/g,
      ),
    ])
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim().split(" as ")[0] ?? "")
    .filter((name) => /^[A-Z]/.test(name));
}

function recipeOf(component: string): string | undefined {
  const name = borrowed[component] ?? component.charAt(0).toLowerCase() + component.slice(1);
  return everyRecipe.find((recipe) => recipe === name);
}

test("every Chakra component in use has its style in the theme", () => {
  const needed = new Set(imported().map(recipeOf));
  needed.delete(undefined);
  expect(needed.size).toBeGreaterThan(10);
  expect([...needed].filter((name) => !ours.has(name ?? ""))).toEqual([]);
});

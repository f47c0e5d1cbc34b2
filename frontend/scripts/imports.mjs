// Checks that imports point one way only: app → pages → components → api → utils, that one page
// never imports another, and that a feature of components imports no other feature. The features
// named in `shared` are building blocks that every feature may use.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src", import.meta.url));
const layers = ["app", "pages", "components", "api", "utils"];
const shared = ["rating", "picture", "ui"];

function place(path) {
  const [layer, feature] = relative(src, path).split(/[\\/]/);
  return { layer: layers.includes(layer) ? layer : "app", feature };
}

function complaint(from, to) {
  const [above, below] = [layers.indexOf(from.layer), layers.indexOf(to.layer)];
  if (below < above) return `${from.layer} may not import ${to.layer}`;
  if (from.layer !== to.layer || from.feature === to.feature) return null;
  if (from.layer === "pages") return `page ${from.feature} may not import page ${to.feature}`;
  if (from.layer !== "components") return null;
  const [mine, theirs] = [shared.indexOf(from.feature), shared.indexOf(to.feature)];
  const allowed = theirs >= 0 && (mine < 0 || theirs > mine);
  return allowed ? null : `feature ${from.feature} may not import feature ${to.feature}`;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => join(src, name))
  .filter((path) => !relative(src, path).startsWith("testing"));

let wrong = 0;
for (const path of files) {
  const text = readFileSync(path, "utf8");
  for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    const target = name.startsWith("@/")
      ? join(src, name.slice(2))
      : name.startsWith(".")
        ? resolve(dirname(path), name)
        : null;
    if (!target?.startsWith(src)) continue;
    const why = complaint(place(path), place(target));
    if (why) {
      wrong += 1;
      console.error(`${relative(src, path)} imports ${name}: ${why}`);
    }
  }
}
console.log(`import direction: ${files.length} files, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);

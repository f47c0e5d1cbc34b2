// Generates src/api/schema.d.ts from the server's OpenAPI document; `--check` only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../backend/openapi.json", import.meta.url);
const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));
const header = "// Generated from backend/openapi.json by `npm run types`. Don't edit.\n\n";

const ast = await openapiTS(source, { defaultNonNullable: false });
const text = header + astToString(ast);

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/api/schema.d.ts is out of date: run `npm run types` and commit the result.");
    process.exit(1);
  }
  console.log("generated types: up to date");
} else {
  writeFileSync(target, text);
}

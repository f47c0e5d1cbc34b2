// The lines of a metadata.jsonl by the path of the picture they tell of. Lines stay as they are
// where possible: a seed may be too large for JavaScript to read and write again.

export const metadataFile = "metadata.jsonl";

/** Lines by picture; `folder` is where the metadata file lies within what was chosen. */
export function linesByPicture(text: string, folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const data = parsed(line);
    if (typeof data?.file_name !== "string") continue;
    const inside = data.file_name.replace(/^(\.\/)+/, "");
    const path = folder ? `${folder}/${inside}` : inside;
    found.set(path, path === data.file_name ? line : JSON.stringify({ ...data, file_name: path }));
  }
  return found;
}

function parsed(line: string): Record<string, unknown> | null {
  if (!line.trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

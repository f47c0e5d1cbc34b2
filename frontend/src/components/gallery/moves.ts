/** Where a key leads from one picture of the justified rows to another. No React, no DOM. */
import type { Cell, Row } from "./justify";

const ROWS_PER_PAGE = 3;

/** The row that holds the picture at `index`. */
export function rowIndexOf(rows: readonly Row[], index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.cells[0]?.index ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

function nearest(cells: readonly Cell[], centre: number): number | undefined {
  let best: Cell | undefined;
  for (const cell of cells) {
    const distance = Math.abs(cell.left + cell.width / 2 - centre);
    if (!best || distance < Math.abs(best.left + best.width / 2 - centre)) best = cell;
  }
  return best?.index;
}

/** The index that `key` moves to from `index`, or `null` if that key doesn't move. */
export function move(
  rows: readonly Row[],
  index: number,
  key: string,
  control = false,
): number | null {
  const last = rows.at(-1)?.cells.at(-1)?.index;
  if (last === undefined) return null;
  const at = rowIndexOf(rows, index);
  const row = rows[at];
  const cell = row?.cells.find((candidate) => candidate.index === index);
  if (!row || !cell) return null;
  const vertical = (by: number): number => {
    const target = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!target || target === row) return by < 0 ? 0 : last;
    return nearest(target.cells, cell.left + cell.width / 2) ?? index;
  };
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, index - 1);
    case "ArrowRight":
      return Math.min(last, index + 1);
    case "ArrowUp":
      return at === 0 ? index : vertical(-1);
    case "ArrowDown":
      return at === rows.length - 1 ? index : vertical(1);
    case "PageUp":
      return vertical(-ROWS_PER_PAGE);
    case "PageDown":
      return vertical(ROWS_PER_PAGE);
    case "Home":
      return control ? 0 : (row.cells[0]?.index ?? index);
    case "End":
      return control ? last : (row.cells.at(-1)?.index ?? index);
    default:
      return null;
  }
}

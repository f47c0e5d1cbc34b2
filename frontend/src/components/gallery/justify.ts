/**
 * Justified rows: pictures of any shape, side by side at full width with their aspect ratios kept.
 * Pure arithmetic in CSS pixels; knows nothing of React or of what the pictures are.
 */

export interface Size {
  width: number;
  height: number;
}

export interface Cell {
  /** Position of the picture in the list that was laid out. */
  index: number;
  left: number;
  width: number;
}

export interface Row {
  height: number;
  cells: Cell[];
}

export interface JustifyOptions {
  width: number;
  /** The height that rows come near to. */
  target: number;
  gap: number;
  /** More pictures are to come, so a last row that isn't full yet is left out: it would jump. */
  holdLast: boolean;
}

/** The width over height that a picture is shown with; shapes beyond 1:3 and 4:1 are cropped. */
export function aspectOf({ width, height }: Size): number {
  const aspect = width > 0 && height > 0 ? width / height : 1;
  return Math.min(4, Math.max(1 / 3, aspect));
}

/**
 * Rows from the first picture on. The same list with more at its end gives the same rows with more
 * at the end, so nothing that is on screen moves while pages arrive.
 */
export function justify(sizes: readonly Size[], options: JustifyOptions): Row[] {
  const { width, target, gap, holdLast } = options;
  const rows: Row[] = [];
  if (width <= 0) return rows;
  let first = 0;
  let sum = 0;
  const heightOf = (count: number, aspects: number) => (width - gap * (count - 1)) / aspects;

  for (let index = 0; index < sizes.length; index += 1) {
    const aspect = aspectOf(sizes[index] as Size);
    const count = index - first + 1;
    const height = heightOf(count, sum + aspect);
    if (height > target) {
      sum += aspect;
      continue;
    }
    const without = count > 1 ? heightOf(count - 1, sum) : Number.POSITIVE_INFINITY;
    if (without / target <= target / height) {
      rows.push(rowOf(sizes, first, index, without, width, gap));
      first = index;
      sum = aspect;
      if (heightOf(1, aspect) <= target) {
        rows.push(rowOf(sizes, first, index + 1, heightOf(1, aspect), width, gap));
        first = index + 1;
        sum = 0;
      }
    } else {
      rows.push(rowOf(sizes, first, index + 1, height, width, gap));
      first = index + 1;
      sum = 0;
    }
  }
  if (first < sizes.length && !holdLast) {
    const height = Math.min(target, heightOf(sizes.length - first, sum));
    rows.push(rowOf(sizes, first, sizes.length, height, width, gap));
  }
  return rows;
}

function rowOf(
  sizes: readonly Size[],
  from: number,
  to: number,
  height: number,
  width: number,
  gap: number,
): Row {
  const cells: Cell[] = [];
  let edge = 0;
  for (let index = from; index < to; index += 1) {
    const next = edge + aspectOf(sizes[index] as Size) * height;
    const left = Math.round(edge);
    cells.push({ index, left, width: Math.min(Math.round(next), width) - left });
    edge = next + gap;
  }
  return { height: Math.round(height), cells };
}

/** How tall rows should be for a grid of this width: two squares across on a phone, more on a wall. */
export function targetHeight(width: number): number {
  if (width < 480) return Math.max(120, width * 0.44);
  return Math.min(300, 190 + width * 0.04);
}

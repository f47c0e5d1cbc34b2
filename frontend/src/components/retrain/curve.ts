// From numbers over steps to a drawing: scales, ticks, lines. Knows no React and no API.

export type Point = { step: number; value: number };
export type Range = { low: number; high: number };

/** The follow-on of noisy values: an exponential average that starts unbiased. */
export function smooth(points: readonly Point[], weight = 0.9): Point[] {
  let sum = 0;
  let share = 0;
  return points.map(({ step, value }) => {
    sum = weight * sum + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return { step, value: sum / share };
  });
}

/** Round numbers that divide `range` into about `wanted` parts; all lie inside it. */
export function ticks({ low, high }: Range, wanted: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10;
  const size = unit * power;
  const first = Math.ceil(low / size - 1e-9);
  const last = Math.floor(high / size + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * size);
}

/** Digits that the distance of such ticks needs, and no more. */
export function digitsOf([first, second]: readonly number[]): number {
  if (first === undefined || second === undefined) return 3;
  return Math.min(8, Math.max(0, -Math.floor(Math.log10(second - first) + 1e-9)));
}

/** From the least to the greatest, with a little room on both sides. */
export function rangeOf(values: readonly number[]): Range {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  if (finite.length === 0) return { low: 0, high: 1 };
  const room = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.1 || 1;
  return { low: low - room, high: high + room };
}

/** Where `value` of `range` lies between `from` and `to`. */
export function place(value: number, range: Range, from: number, to: number): number {
  const share = range.high > range.low ? (value - range.low) / (range.high - range.low) : 0.5;
  return from + share * (to - from);
}

/** Digits that tell values apart whose spread is `spread`. */
export function digitsFor(spread: number): number {
  if (!(spread > 0)) return 3;
  return Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(spread))));
}

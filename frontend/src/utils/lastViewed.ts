// The picture that was looked at last, so that the gallery can be entered again where it was left.

let last: number | undefined;

export function rememberViewed(id: number): void {
  last = id;
}

export function lastViewed(): number | undefined {
  return last;
}

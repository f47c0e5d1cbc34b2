/** Which pictures are selected, and what a click with modifiers does to that. No React, no DOM. */

export interface Selection {
  ids: ReadonlySet<number>;
  /** Where a range begins: the picture that was last chosen by itself. */
  anchor: number | null;
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

/** Selects `id`, or takes it out again. */
export function toggle(selection: Selection, id: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

/** Adds everything from the anchor to `id`, in the order of `list`; without an anchor, just `id`. */
export function extend(selection: Selection, id: number, list: readonly number[]): Selection {
  const from = selection.anchor === null ? -1 : list.indexOf(selection.anchor);
  const to = list.indexOf(id);
  if (from < 0 || to < 0) return toggle(selection, id);
  const range = list.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor };
}

/** Everything in `list`. */
export function selectAll(list: readonly number[]): Selection {
  return { ids: new Set(list), anchor: list[0] ?? null };
}

/** Without what is no longer in `list`; the same object if nothing changed. */
export function keepOnly(selection: Selection, list: readonly number[]): Selection {
  if (selection.ids.size === 0) return selection;
  const there = new Set(list);
  const ids = [...selection.ids].filter((id) => there.has(id));
  if (ids.length === selection.ids.size) return selection;
  const anchor = selection.anchor !== null && there.has(selection.anchor) ? selection.anchor : null;
  return { ids: new Set(ids), anchor };
}

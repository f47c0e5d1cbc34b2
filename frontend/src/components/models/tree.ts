// Versions under what they were trained from. Knows no React.
import type { Model } from "@/api/types";

export type Branch = { model: Model; children: Branch[] };

/**
 * Models that weren't trained here are roots; a version grows from its parent, or is a root itself
 * when the parent is gone. The order of the list is kept.
 */
export function treeOf(models: readonly Model[]): Branch[] {
  const names = new Set(models.map(({ name }) => name));
  const parentOf = (model: Model) => {
    const parent = model.version?.parent;
    return parent && parent !== model.name && names.has(parent) ? parent : null;
  };
  const placed = new Set<string>();
  const grow = (model: Model): Branch => {
    placed.add(model.name);
    const young = models.filter(
      (other) => parentOf(other) === model.name && !placed.has(other.name),
    );
    return { model, children: young.map(grow) };
  };
  const roots = models.filter((model) => parentOf(model) === null).map(grow);
  // Versions that claim to descend from each other would otherwise not be shown at all.
  const lost = models.filter(({ name }) => !placed.has(name));
  return [...roots, ...lost.map((model) => ({ model, children: [] }))];
}

// The gallery's filters, held by the address bar.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { type GalleryFilters, parseFilters, printFilters } from "@/utils/galleryFilters";

export type ChangeFilters = (
  change: Partial<GalleryFilters>,
  options?: { replace?: boolean },
) => void;

export function useGalleryFilters(): [GalleryFilters, ChangeFilters] {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => parseFilters(search), [search]);
  const change = useCallback<ChangeFilters>(
    (next, options) =>
      setSearch((before) => printFilters({ ...parseFilters(before), ...next }), options),
    [setSearch],
  );
  return [filters, change];
}

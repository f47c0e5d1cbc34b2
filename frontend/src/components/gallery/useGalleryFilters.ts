// The gallery's filters, held by the address bar.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { type GalleryFilters, parseFilters, printFilters } from "@/utils/galleryFilters";

export type ChangeFilters = (
  change: Partial<GalleryFilters>,
  options?: { replace?: boolean },
) => void;

export function useGalleryFilters(): [GalleryFilters, ChangeFilters] {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => parseFilters(search), [search]);
  // The address changes a moment after it was asked to; a second change builds on the first.
  const latest = useRef(filters);
  useEffect(() => {
    latest.current = filters;
  }, [filters]);
  const change = useCallback<ChangeFilters>(
    (next, options) => {
      latest.current = { ...latest.current, ...next };
      setSearch(printFilters(latest.current), options);
    },
    [setSearch],
  );
  return [filters, change];
}

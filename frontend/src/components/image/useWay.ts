// The way through the gallery that a picture was opened from: before, after, and back.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { neighboursQuery, useNeighbours } from "@/api/gallery";
import { imageQuery } from "@/api/images";
import { parseFilters, printFilters, toQuery } from "@/utils/galleryFilters";

export type Way = {
  previous: number | null;
  next: number | null;
  /** The gallery's part of the address, to be carried along. */
  search: string;
  go: (id: number) => void;
  /** To the neighbour on that side; if it isn't known yet, as soon as it is. */
  step: (to: "previous" | "next") => void;
  back: () => void;
};

export function useWay(id: number): Way {
  const [params] = useSearchParams();
  const { state } = useLocation();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const filters = useMemo(() => parseFilters(params), [params]);
  const query = useMemo(() => toQuery(filters), [filters]);
  const search = printFilters(filters).toString();
  const { data } = useNeighbours(id, query);
  const previous = data?.previous ?? null;
  const next = data?.next ?? null;

  // Whoever walks fast finds the next picture, and the way on from there, already here.
  useEffect(() => {
    for (const neighbour of [previous, next]) {
      if (neighbour === null) continue;
      void cache.prefetchQuery(neighboursQuery(neighbour, query));
      cache.ensureQueryData(imageQuery(neighbour)).then(
        (image) => {
          new Image().src = image.image_url;
        },
        () => undefined,
      );
    }
  }, [cache, previous, next, query]);

  // From asking for another picture until it is the one on the page.
  const leaving = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving is what ends the leaving.
  useEffect(() => {
    leaving.current = false;
  }, [id]);
  const go = useCallback(
    (to: number) => {
      leaving.current = true;
      // Replaced, so that "back" leads to the gallery from wherever the walk has led.
      navigate({ pathname: `/images/${to}`, search }, { replace: true, state });
    },
    [navigate, search, state],
  );
  const wanted = useRef<"previous" | "next">(undefined);
  const step = useCallback(
    (to: "previous" | "next") => {
      if (!data || leaving.current) {
        wanted.current = to;
        return;
      }
      wanted.current = undefined;
      const target = data[to];
      if (target !== null) go(target);
    },
    [data, go],
  );
  useEffect(() => {
    if (data && wanted.current) step(wanted.current);
  }, [data, step]);

  const fromGallery = Boolean((state as { fromGallery?: boolean } | null)?.fromGallery);
  const back = useCallback(() => {
    if (fromGallery) navigate(-1);
    else navigate({ pathname: "/gallery", search });
  }, [navigate, fromGallery, search]);

  return { previous, next, search, go, step, back };
}

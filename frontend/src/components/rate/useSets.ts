// Goes through sets of pictures of one prompt: what was chosen or skipped, and the way back.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { setQueries, setQuery, useNextSet, usePrefer, useTakeBack } from "@/api/preferences";
import type { ImageSet } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";

/** Beyond this a set that was seen long ago may come up again; the address has a limit. */
const mostSeen = 150;

type Step = {
  set: ImageSet;
  /** What was seen before this set. */
  seen: readonly number[];
  /** The server's name for what was chosen, when it is known; `null`: skipped. */
  choice: Promise<string | null> | null;
};

export function useSets() {
  const cache = useQueryClient();
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [seen, setSeen] = useState<readonly number[]>([]);
  // After an undo the same pictures are shown again, whatever the server would offer now.
  const [returned, setReturned] = useState<ImageSet | null>(null);
  const { mutateAsync: prefer } = usePrefer();
  const { mutateAsync: takeBack } = useTakeBack();
  const next = useNextSet(seen);
  const line = useRef<Promise<unknown>>(Promise.resolve());

  const set = returned ?? next.data;
  const current = set && set.images.length > 0 ? set : null;

  // The next set and its pictures are fetched while this one is looked at.
  const ids = current?.images.map(({ id }) => id).join(",") ?? "";
  const after = ids ? [...seen, ...ids.split(",").map(Number)].slice(-mostSeen) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `after` follows from the other two
  useEffect(() => {
    if (!after) return;
    cache.ensureQueryData({ ...setQuery(after), gcTime: 60_000 }).then(
      (coming) => {
        for (const { image_url } of coming.images) new window.Image().src = image_url;
      },
      () => undefined,
    );
  }, [cache, ids, seen]);

  function onwards(step: Step): void {
    if (!after) return;
    setSteps([...steps, step]);
    setReturned(null);
    setSeen(after);
  }

  function choose(index: number): void {
    const preferred = current?.images[index];
    if (!current || !preferred) return;
    const rejected = current.images.filter((image) => image !== preferred).map(({ id }) => id);
    const choice = line.current.then(() =>
      prefer({ preferred: preferred.id, rejected }).then(
        (kept) => kept.choice,
        (error: unknown) => {
          notifyError(error, "The choice wasn't saved");
          return null;
        },
      ),
    );
    line.current = choice;
    announce(`Number ${index + 1} is the best.`);
    onwards({ set: current, seen, choice });
  }

  function skip(): void {
    if (!current) return;
    announce("Skipped.");
    onwards({ set: current, seen, choice: null });
  }

  function undo(): void {
    const last = steps.at(-1);
    if (!last) return;
    setSteps(steps.slice(0, -1));
    setSeen(last.seen);
    setReturned(last.set);
    announce("Undone. Choose again.");
    line.current = line.current
      .then(() => last.choice)
      .then((choice) => (choice === null ? undefined : takeBack(choice)))
      .catch((error: unknown) => notifyError(error, "The choice couldn't be taken back"));
  }

  return {
    current,
    next,
    chosen: steps.filter(({ choice }) => choice !== null).length,
    choose,
    skip,
    undo: steps.length > 0 ? undo : null,
    /** From the beginning: sets that were skipped come up again. */
    again: () => {
      cache.removeQueries({ queryKey: setQueries });
      setReturned(null);
      setSeen([]);
    },
    seenAny: seen.length > 0,
  };
}

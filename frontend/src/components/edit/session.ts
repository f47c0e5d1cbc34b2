// One work per picture, for as long as the page is open, and the latest few also over a reload.
import { useEffect, useState } from "react";
import { forget, keep, kept } from "@/utils/keep";
import { load, save } from "@/utils/storage";
import type { Size } from "./mask";
import { type Extend, noExtend, Work } from "./work";

const mostKept = 6;
const restMs = 300;
const orderKey = "editedLately";
const place = (key: string) => `edit ${key}`;

type Kept = { bytes: Uint8Array; extend: Extend };

const works = new Map<string, Promise<Work>>();

function remember(key: string): void {
  const order = [key, ...load<string[]>(orderKey, []).filter((other) => other !== key)];
  for (const old of order.slice(mostKept)) {
    works.delete(old);
    void forget(place(old));
  }
  save(orderKey, order.slice(0, mostKept));
}

function keepOn(key: string, work: Work): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    timer = undefined;
    const { mask, extend } = work;
    void keep(place(key), { bytes: mask.bytes, extend } satisfies Kept);
  };
  work.changed.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(write, restMs);
  });
  window.addEventListener("pagehide", () => {
    if (timer !== undefined) write();
  });
}

async function begin(key: string, size: Size): Promise<Work> {
  const work = new Work(size);
  const before = await kept<Kept>(place(key));
  if (before) work.restore(before.bytes, before.extend ?? noExtend);
  keepOn(key, work);
  return work;
}

/** What was done to the picture `key`, of this size, so far. */
export function workOn(key: string, size: Size): Promise<Work> {
  remember(key);
  const known = works.get(key) ?? begin(key, size);
  works.set(key, known);
  return known;
}

export function useWork(key: string, size: Size): Work | null {
  const [work, setWork] = useState<Work | null>(null);
  const { width, height } = size;
  useEffect(() => {
    let gone = false;
    workOn(key, { width, height }).then((found) => {
      if (!gone) setWork(found);
    });
    return () => {
      gone = true;
    };
  }, [key, width, height]);
  return work;
}

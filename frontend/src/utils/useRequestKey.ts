// The Idempotency-Key of a request: nobody may have heard the answer to the last try, and the same
// key then finds what it started instead of starting it twice.
import { useRef } from "react";
import { uniqueKey } from "@/utils/id";

export function useRequestKey() {
  const last = useRef<{ text: string; key: string } | null>(null);
  /** The key of a body: that of the last try if it said the same. */
  function keyFor(body: unknown): string {
    const text = JSON.stringify(body);
    if (last.current?.text !== text) last.current = { text, key: uniqueKey() };
    return last.current.key;
  }
  /** After an answer the same body means something new. */
  function answered(): void {
    last.current = null;
  }
  return { keyFor, answered };
}

// A value that waits until it has stopped changing; the first one is there at once.
import { useEffect, useState } from "react";

/** `value` is compared by what it says, so a new object with the same content is no change. */
export function usePatient<T>(value: T, ms: number): T {
  const text = JSON.stringify(value);
  const [kept, setKept] = useState(text);
  useEffect(() => {
    if (text === kept) return;
    const timer = setTimeout(() => setKept(text), ms);
    return () => clearTimeout(timer);
  }, [text, kept, ms]);
  return JSON.parse(kept) as T;
}

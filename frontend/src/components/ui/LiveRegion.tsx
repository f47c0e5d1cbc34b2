// Tells screen readers, politely, what happened without moving the focus.
import { VisuallyHidden } from "@chakra-ui/react";
import { createStore, useStore } from "@/utils/store";

const message = createStore("");

let coming: ReturnType<typeof setTimeout> | undefined;

/** What was to be said later isn't said. */
export function keepQuiet(): void {
  clearTimeout(coming);
}

/** Says `text` in `ms` milliseconds, unless something else is said before that. */
export function announceLater(text: () => string, ms: number): void {
  keepQuiet();
  coming = setTimeout(() => announce(text()), ms);
}

export function announce(text: string): void {
  keepQuiet();
  // The same sentence twice would be silent; an invisible difference makes it new.
  message.set(message.get() === text ? `${text}\u00a0` : text);
}

export function LiveRegion() {
  return (
    <VisuallyHidden role="status" aria-live="polite" aria-atomic="true">
      {useStore(message)}
    </VisuallyHidden>
  );
}

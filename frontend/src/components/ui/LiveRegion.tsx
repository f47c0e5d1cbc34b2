// Tells screen readers, politely, what happened without moving the focus.
import { VisuallyHidden } from "@chakra-ui/react";
import { createStore, useStore } from "@/utils/store";

const message = createStore("");

export function announce(text: string): void {
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

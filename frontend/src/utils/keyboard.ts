// Whether a key press is meant for a field or an open overlay rather than for the page.

const fields = "input, textarea, select, [contenteditable], [role=slider]";
const overlays = "[role=menu], [role=dialog], [role=alertdialog], [role=listbox]";

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(`${fields}, ${overlays}`) !== null;
}

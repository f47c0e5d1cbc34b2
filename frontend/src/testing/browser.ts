// Layout, which jsdom doesn't do: every element is as wide as the page.
import { vi } from "vitest";

const wide = 1200;

export function givePageASize(): void {
  vi.stubGlobal("scrollTo", vi.fn());
  Element.prototype.scrollTo ??= () => {};
  const box = { x: 0, y: 0, left: 0, top: 0, width: wide, height: 100, right: wide, bottom: 100 };
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(box as DOMRect);
}

import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { clearNotices } from "@/components/ui/toaster";

// What jsdom lacks and components expect of a browser.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
  }) as unknown as MediaQueryList;
Element.prototype.scrollIntoView ??= () => {};
globalThis.IntersectionObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
} as unknown as typeof IntersectionObserver;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// Busy machines are slow; a test that passes doesn't wait.
// Asking for roles is told to skip styles: with a theme's worth of CSS they take most of the time.
configure({ asyncUtilTimeout: 10_000, defaultHidden: true });

beforeEach(() => localStorage.clear());
afterEach(async () => {
  cleanup();
  await clearNotices();
  vi.unstubAllGlobals();
});
URL.createObjectURL ??= () => "blob:here";
URL.revokeObjectURL ??= () => {};

// What screen readers are told, and that what comes late doesn't talk over what is newer.

import { ChakraProvider } from "@chakra-ui/react";
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { system } from "@/theme";
import { announce, announceLater, keepQuiet, LiveRegion } from "./LiveRegion";

beforeEach(() => {
  vi.useFakeTimers();
  render(
    <ChakraProvider value={system}>
      <LiveRegion />
    </ChakraProvider>,
  );
  act(() => announce("Ready"));
});

afterEach(() => {
  vi.useRealTimers();
});

const said = () => screen.getByRole("status").textContent;

it("says later what nothing else is said before", () => {
  announceLater(() => "10 percent across", 300);
  act(() => vi.advanceTimersByTime(299));
  expect(said()).toBe("Ready");
  act(() => vi.advanceTimersByTime(1));
  expect(said()).toBe("10 percent across");
});

it("drops what is late for what is newer", () => {
  announceLater(() => "10 percent across", 300);
  announceLater(() => "20 percent across", 300);
  act(() => announce("Undone: Stroke"));
  act(() => vi.advanceTimersByTime(1000));
  expect(said()).toBe("Undone: Stroke");
});

it("says nothing more where it was asked not to", () => {
  announceLater(() => "10 percent across", 300);
  keepQuiet();
  act(() => vi.advanceTimersByTime(1000));
  expect(said()).toBe("Ready");
});

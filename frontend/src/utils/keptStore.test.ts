import { beforeEach, expect, test, vi } from "vitest";
import * as database from "./keep";
import { createKeptStore } from "./keptStore";

const shelf = new Map<string, unknown>();

beforeEach(() => {
  shelf.clear();
  vi.spyOn(database, "keep").mockImplementation(async (key, value) => void shelf.set(key, value));
  vi.spyOn(database, "kept").mockImplementation(async (key) => shelf.get(key) as never);
});

test("what an earlier visit left comes back, and what follows is kept", async () => {
  shelf.set("start", "before");
  const store = createKeptStore("start", null as string | null);
  expect(store.get()).toBeNull();
  await store.ready;
  expect(store.get()).toBe("before");
  store.set("after");
  await vi.waitFor(() => expect(shelf.get("start")).toBe("after"));
  store.set(null);
  await vi.waitFor(() => expect(shelf.get("start")).toBeNull());
});

test("what is set before the database answers is newer, and kept", async () => {
  shelf.set("start", "before");
  const store = createKeptStore("start", null as string | null);
  store.set("at once");
  await store.ready;
  expect(store.get()).toBe("at once");
  await vi.waitFor(() => expect(shelf.get("start")).toBe("at once"));
});

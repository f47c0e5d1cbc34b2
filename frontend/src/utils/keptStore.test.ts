import { afterEach, expect, test, vi } from "vitest";
import { createKeptStore } from "./keptStore";

const keeping = vi.hoisted(() => ({ shelf: new Map<string, unknown>(), wait: Promise.resolve() }));

vi.mock("./keep", () => ({
  keep: async (key: string, value: unknown) => void keeping.shelf.set(key, value),
  kept: async (key: string) => {
    await keeping.wait;
    return keeping.shelf.get(key);
  },
}));

afterEach(() => keeping.shelf.clear());

test("what an earlier visit left comes back, and what follows is kept", async () => {
  keeping.shelf.set("start", "before");
  const store = createKeptStore("start", null as string | null);
  expect(store.get()).toBeNull();
  await store.ready;
  expect(store.get()).toBe("before");
  store.set("after");
  await vi.waitFor(() => expect(keeping.shelf.get("start")).toBe("after"));
  store.set(null);
  await vi.waitFor(() => expect(keeping.shelf.get("start")).toBeNull());
});

test("what is set before the database answers is newer, and kept", async () => {
  keeping.shelf.set("start", "before");
  const store = createKeptStore("start", null as string | null);
  store.set("at once");
  await store.ready;
  expect(store.get()).toBe("at once");
  await vi.waitFor(() => expect(keeping.shelf.get("start")).toBe("at once"));
});

import { screen, waitFor, within } from "@testing-library/react";
import type { Queue } from "@/api/queue";
import { show } from "@/testing/render";
import { sampleJob } from "@/testing/samples";
import { fakeServer } from "@/testing/server";
import { beforeOf } from "./moves";
import { QueueList } from "./QueueList";

const entry = (id: string, change: Partial<Queue["entries"][number]> = {}) => ({
  job: sampleJob({ id }, { prompt: `prompt ${id}` }),
  num_jobs: 1,
  running: false,
  paused: false,
  batch_id: null,
  batch_title: null,
  ...change,
});
const queue: Queue = {
  paused: false,
  num_running: 1,
  num_waiting: 12,
  entries: [
    entry("r", { running: true }),
    entry("a"),
    entry("b", { batch_id: "b1", batch_title: "Dogs", num_jobs: 10 }),
    entry("c"),
  ],
};

test("where something goes is told by what it is put in front of", () => {
  const waiting = ["a", "b", "c"].map((id) => entry(id));
  expect(beforeOf(waiting, 2, "first")).toBe("a");
  expect(beforeOf(waiting, 2, "up")).toBe("b");
  expect(beforeOf(waiting, 0, "down")).toBe("c");
  expect(beforeOf(waiting, 1, "down")).toBeNull();
});

test("a batch is one row and moves as one", async () => {
  const calls = fakeServer({
    "POST /api/queue/moves": queue,
    "PATCH /api/batches/b1": {},
    "DELETE /api/jobs/c": sampleJob({ id: "c", state: "cancelled" }),
  });
  const { user } = show(<QueueList queue={queue} />);
  const waiting = screen.getByRole("region", { name: "Waiting" });
  expect(within(waiting).getAllByRole("listitem")).toHaveLength(3);
  expect(within(waiting).getByText("Batch, 10 requests left")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Move Dogs up" }));
  await user.click(screen.getByRole("button", { name: "Move prompt a down" }));
  await user.click(screen.getByRole("button", { name: "Pause Dogs" }));
  await user.click(screen.getByRole("button", { name: "Cancel prompt c" }));
  await waitFor(() => expect(calls.some(({ route }) => route.startsWith("DELETE"))).toBe(true));
  const bodies = calls.filter(({ route }) => route.endsWith("/moves")).map(({ body }) => body);
  expect(bodies).toEqual([
    { batch_id: "b1", before: "a" },
    { job_id: "a", before: "c" },
  ]);
  expect(calls.find(({ route }) => route.startsWith("PATCH"))?.body).toEqual({ paused: true });
});

test("what is at the end can't go further, and keeps the focus", async () => {
  const calls = fakeServer({});
  const { user } = show(<QueueList queue={queue} />);
  const up = screen.getByRole("button", { name: "Move prompt a up" });
  await user.click(up);
  expect(up).toHaveFocus();
  expect(up).toHaveAttribute("aria-disabled", "true");
  expect(calls).toHaveLength(0);
});

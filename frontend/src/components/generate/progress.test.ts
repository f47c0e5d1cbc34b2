import { sampleImage, sampleJob } from "@/testing/samples";
import { fractionDone, statusLine } from "./progress";

const running = sampleJob({ state: "running" }, { num_images: 2 });
const latest = { image_index: 0, step: 10, total_steps: 20, eta_seconds: null };

test("the fraction counts the steps of every picture", () => {
  expect(fractionDone(running, { steps: {}, previews: {} })).toBe(0);
  expect(fractionDone(running, { latest, steps: { 0: 10, 1: 10 }, previews: {} })).toBe(0.5);
});

test("a reload counts pictures that were finished before it", () => {
  const job = { ...running, images: [sampleImage()] };
  expect(fractionDone(job, { steps: {}, previews: {} })).toBe(0.5);
});

test("the status line says what is known", () => {
  expect(statusLine(running, { steps: {}, previews: {} })).toBe("Starting");
  expect(statusLine({ ...running, attempts: 2 }, { steps: {}, previews: {} })).toBe(
    "Starting again",
  );
  expect(statusLine(running, { latest, steps: { 0: 10 }, previews: {} })).toBe(
    "Step 10 of 20 · 0 of 2 pictures done",
  );
  expect(statusLine(sampleJob({ queue_position: 1 }), { steps: {}, previews: {} })).toBe(
    "Waiting, 1 request ahead",
  );
});

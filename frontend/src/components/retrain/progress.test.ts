import { sampleStatus } from "@/testing/training";
import { dataLine, statusLine } from "./progress";

test("a running training says step, epoch and time left", () => {
  expect(statusLine(sampleStatus())).toBe(
    "Learning · step 40 of 200 · epoch 3 of 10 · about 4 min left",
  );
});

test("the other phases count what they go through", () => {
  const encoding = {
    phase: "encoding",
    phase_done: 3,
    phase_total: 30,
    eta_seconds: null,
  } as const;
  expect(statusLine(sampleStatus(encoding))).toBe("Preparing pictures · 3 of 30");
});

test("a pause is a pause, and promises nothing about time", () => {
  expect(statusLine(sampleStatus({ state: "paused" }))).toBe(
    "Paused · step 40 of 200 · epoch 3 of 10",
  );
});

test("what it learns from, as far as that is known", () => {
  expect(dataLine(sampleStatus())).toBe("30 pictures, 6 held back to check, 2 left out");
  expect(dataLine({ data: null })).toBeNull();
});

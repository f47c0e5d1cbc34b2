import { screen, waitFor } from "@testing-library/react";
import { show } from "@/testing/render";
import { fakeServer, problem } from "@/testing/server";
import { TablePart } from "./TablePart";

const row = {
  line: 1,
  prompt: "a cat",
  width: 128,
  height: 128,
  num_inference_steps: 20,
  guidance_scale: 3,
  num_images: 1,
  model: "starter",
};
const fine = {
  is_csv: false,
  columns: ["prompt"],
  num_rows: 2,
  num_images: 2,
  rows: [row],
  num_errors: 0,
  errors: [],
};
const wrong = {
  ...fine,
  num_rows: 1,
  num_errors: 1,
  errors: [{ line: 2, field: "width", message: "must be a whole number" }],
};
const batch = {
  id: "b1",
  kind: "prompts",
  title: "a cat",
  state: "waiting",
  created_at: "2026-11-02T12:00:00Z",
  finished_at: null,
  num_jobs: 2,
  num_images: 2,
  finished_images: 0,
  counts: { queued: 2, running: 0, succeeded: 0, failed: 0, cancelled: 0 },
  eta_seconds: null,
  grid: null,
  images: [],
};

beforeEach(() => localStorage.clear());

test("what is wrong is named by line, and nothing can be begun", async () => {
  fakeServer({ "POST /api/batches/preview": wrong });
  const { user } = show(<TablePart defaults={{}}>settings</TablePart>);
  await user.type(screen.getByLabelText("Prompts"), "prompt,width");
  expect(await screen.findByText("Line 2")).toBeVisible();
  expect(screen.getByText(/must be a whole number/)).toBeVisible();
  expect(screen.getByText(/1 other line is fine/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Draw them" })).toBeDisabled();
});

test("a checked table is sent with the settings, and its page opens", async () => {
  const calls = fakeServer({
    "POST /api/batches/preview": fine,
    "POST /api/batches": batch,
  });
  const { user, router } = show(
    <TablePart defaults={{ num_inference_steps: 5 }}>settings</TablePart>,
  );
  await user.type(screen.getByLabelText("Prompts"), "a cat{Enter}a dog");
  await user.type(screen.getByLabelText("Name (optional)"), "Pets");
  const draw = await screen.findByRole("button", { name: "Draw 2 pictures" });
  await waitFor(() => expect(draw).toBeEnabled());
  await user.click(draw);
  await waitFor(() => expect(router.state.location.pathname).toBe("/batch/b1"));
  const sent = calls.find(({ route }) => route === "POST /api/batches");
  expect(sent?.body).toEqual({
    text: "a cat\na dog",
    title: "Pets",
    defaults: { num_inference_steps: 5 },
  });
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("what was typed survives a reload and a refusal", async () => {
  fakeServer({
    "POST /api/batches/preview": fine,
    "POST /api/batches": () => problem(429, "Too many wait already."),
  });
  const { user, unmount } = show(<TablePart defaults={{}}>settings</TablePart>);
  await user.type(screen.getByLabelText("Prompts"), "a cat");
  const draw = await screen.findByRole("button", { name: "Draw 2 pictures" });
  await waitFor(() => expect(draw).toBeEnabled());
  await user.click(draw);
  expect(await screen.findByText("Too many wait already.")).toBeVisible();
  unmount();
  show(<TablePart defaults={{}}>settings</TablePart>);
  expect(screen.getByLabelText("Prompts")).toHaveValue("a cat");
});

test("a file is read into the field", async () => {
  fakeServer({ "POST /api/batches/preview": fine });
  const { user, container } = show(<TablePart defaults={{}}>settings</TablePart>);
  const input = container.querySelector<HTMLInputElement>('input[type="file"]');
  await user.upload(input as HTMLInputElement, new File(["a cat\na dog"], "p.txt"));
  await waitFor(() => expect(screen.getByLabelText("Prompts")).toHaveValue("a cat\na dog"));
});

import { screen, waitFor, within } from "@testing-library/react";
import { show } from "@/testing/render";
import { sampleJob, sampleModel, sampleVersion } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { sampleStatus } from "@/testing/training";
import { Run } from "./Run";

const models = [sampleModel(), sampleVersion()];

function studio(status = sampleStatus(), more: Record<string, unknown> = {}, known = models) {
  const plan = vi.fn();
  const calls = fakeServer({
    "GET /api/models": { items: known, active: known.find(({ active }) => active)?.name ?? null },
    "GET /api/retrain/status": status,
    ...more,
  });
  const changes = () => calls.map(({ route }) => route).filter((route) => !/^GET/.test(route));
  return { ...show(<Run status={status} onPlan={plan} />), changes, plan };
}

const ended = {
  active: false,
  completed: true,
  progress: 1,
  phase: "done",
  eta_seconds: null,
  end_time: "2026-01-31T12:10:00Z",
} as const;
const succeeded = sampleStatus({
  ...ended,
  state: "succeeded",
  model: "starter-taste-1",
  metrics: {
    better_than_parent: true,
    parent_validation_loss: 0.2,
    validation_loss: 0.185,
    rating_auc: { auc: 0.71, low: 0.6, high: 0.82, liked: 6, disliked: 4 },
  },
  summary: ["It draws what you like more often: 71 % → 84 %.", "The held-out loss fell."],
});

test("a running training shows phase, progress, curves and samples", async () => {
  studio();
  expect(screen.getByRole("progressbar", { name: "Progress of the training" })).toHaveAttribute(
    "aria-valuenow",
    "20",
  );
  expect(screen.getAllByText(/step 40 of 200 · epoch 3 of 10 · about 4 min left/)).not.toEqual([]);
  expect(screen.getByText("30 pictures, 6 held back to check, 2 left out")).toBeVisible();
  const curve = screen.getByRole("img", { name: "Held-out loss" });
  expect(curve).toHaveAccessibleDescription(/to 0\.1900 at step 40.*the lowest is 0\.1850/);
  expect(screen.getByRole("img", { name: /after step 40$/ })).toBeInTheDocument();
});

test("the numbers behind a curve can be read as a table", async () => {
  const { user } = studio();
  await user.click(screen.getByText("Held-out loss as a table"));
  const rows = within(await screen.findByRole("region", { name: "Held-out loss as a table" }));
  expect(rows.getAllByRole("row").map((row) => row.textContent)).toEqual([
    "StepHeld-out loss",
    "00.2000",
    "200.1850",
    "400.1900",
  ]);
});

test("the slider walks through the checkpoints", async () => {
  const { user } = studio();
  // Without a layout the thumb is never placed, and what isn't placed has no name.
  const slider = screen.getByRole("slider");
  slider.focus();
  await user.keyboard("{ArrowLeft}");
  expect(await screen.findByRole("img", { name: /after step 20$/ })).toBeInTheDocument();
  expect(screen.getAllByText("After step 20, the best")).not.toEqual([]);
});

test("it can be paused and resumed", async () => {
  const job = sampleJob({ kind: "retrain" });
  const { user, changes, unmount } = studio(sampleStatus(), { "POST /api/retrain/pause": job });
  await user.click(screen.getByRole("button", { name: "Pause" }));
  await waitFor(() => expect(changes()).toEqual(["POST /api/retrain/pause"]));
  unmount();
  const paused = studio(sampleStatus({ state: "paused" }), { "POST /api/retrain/resume": job });
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(paused.changes()).toEqual(["POST /api/retrain/resume"]));
});

test("stopping asks first", async () => {
  const { user, changes } = studio(sampleStatus(), {
    "DELETE /api/jobs/training1": sampleJob({ kind: "retrain" }),
  });
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  const dialog = await screen.findByRole("alertdialog");
  expect(changes()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Stop it" }));
  await waitFor(() => expect(changes()).toEqual(["DELETE /api/jobs/training1"]));
});

test("a better version is offered with a plain sentence", async () => {
  const activate = "POST /api/models/starter-taste-1/activate";
  const { user, changes } = studio(succeeded, { [activate]: sampleVersion() });
  expect(screen.getByText("It draws what you like more often: 71 % → 84 %.")).toBeVisible();
  expect(screen.getByText("The held-out loss fell.")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "Use it" }));
  await waitFor(() => expect(changes()).toEqual([activate]));
});

test("one that is not better says so and is not urged", async () => {
  const metrics = {
    better_than_parent: false,
    parent_validation_loss: 0.2,
    validation_loss: 0.21,
    rating_auc: null,
  };
  studio({ ...succeeded, metrics, summary: ["It is not better than before."] });
  expect(screen.getByText("It is not better than before.")).toBeVisible();
  expect(await screen.findByRole("button", { name: "Use it nevertheless" })).toBeVisible();
});

test("once it draws, it can be rolled back", async () => {
  const active = [sampleModel({ active: false }), sampleVersion({ active: true })];
  const back = "POST /api/models/starter/activate";
  const { user, changes } = studio(succeeded, { [back]: sampleModel() }, active);
  expect(await screen.findByText("Draws now")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Roll back to Starter" }));
  await waitFor(() => expect(changes()).toEqual([back]));
});

test("a failure says what happened, and can go on or be planned anew", async () => {
  const error = "The machine ran out of memory. Choose a smaller batch size.";
  const failed = sampleStatus({
    ...ended,
    state: "failed",
    completed: false,
    error,
    resumable: true,
  });
  const { user, changes, plan } = studio(failed, {
    "POST /api/retrain/resume": () => problem(409, "Another training runs."),
  });
  expect(screen.getByText(error)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Go on where it stopped" }));
  expect(await screen.findByText("Another training runs.")).toBeInTheDocument();
  expect(changes()).toEqual(["POST /api/retrain/resume"]);
  await user.click(screen.getByRole("button", { name: "Plan another" }));
  expect(plan).toHaveBeenCalledOnce();
});

test("what is worth knowing is told", () => {
  studio(sampleStatus({ notes: ["It ended early: nothing got better for five checks."] }));
  expect(screen.getByRole("heading", { name: "Worth knowing" })).toBeVisible();
  expect(screen.getByText("It ended early: nothing got better for five checks.")).toBeVisible();
});

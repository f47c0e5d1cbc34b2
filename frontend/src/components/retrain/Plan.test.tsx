import { screen, waitFor, within } from "@testing-library/react";
import { show } from "@/testing/render";
import { sampleJob, sampleModel, sampleTaste } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { neverTrained, samplePreview } from "@/testing/training";
import { emptyDraft } from "./draft";
import { Plan } from "./Plan";
import { draftStore } from "./useDraft";

beforeEach(() => draftStore.set(emptyDraft));

function studio(more: Record<string, unknown> = {}) {
  const started = vi.fn();
  const calls = fakeServer({
    "GET /api/feedback/summary": sampleTaste(),
    "GET /api/models": { items: [sampleModel()], active: "starter" },
    "GET /api/retrain/preview": samplePreview(),
    "GET /api/retrain/status": neverTrained,
    "POST /api/retrain": sampleJob({ kind: "retrain" }),
    ...more,
  });
  const bodies = () =>
    calls.filter(({ route }) => route === "POST /api/retrain").map(({ body }) => body);
  return { ...show(<Plan onStarted={started} />), calls, bodies, started };
}

const start = () => screen.getByRole("button", { name: "Start training" });
const choose = (name: string) => screen.getByRole("radio", { name: new RegExp(`^${name}`) });

test("the plan shows what it would learn from, what was left out and why, and the cost", async () => {
  const { user } = studio();
  expect(await screen.findByText("11 pictures to learn from, 1 other left out")).toBeVisible();
  const pictures = screen.getByRole("list", { name: "Pictures to learn from" });
  expect(within(pictures).getAllByRole("img", { name: /picture number/ })).toHaveLength(3);
  await user.click(screen.getByText("1 picture left out, and why"));
  expect(screen.getByText("without a caption")).toBeVisible();
  expect(screen.getByText(/About 10 min for 1,000 steps/)).toHaveTextContent(
    "2.0 GB of memory (8.0 GB free) · 300 MB on disk",
  );
  expect(screen.getByText("Automatic means LoRA at present.")).toBeVisible();
});

test("starting sends the plan with mended captions and numbers, once", async () => {
  const { user, bodies, started } = studio();
  const caption = await screen.findByRole("textbox", { name: "Caption of “picture number 1”" });
  await user.clear(caption);
  await user.type(caption, "a red cat");
  await user.click(screen.getByRole("button", { name: "Leave out “picture number 2”" }));
  await user.click(choose("LoRA"));
  await user.type(screen.getByLabelText("Name"), "my-taste");
  await user.click(screen.getByRole("button", { name: "Advanced" }));
  await user.type(screen.getByLabelText("Steps"), "50");
  await user.click(start());
  await waitFor(() => expect(started).toHaveBeenCalledOnce());
  expect(bodies()).toEqual([
    {
      source: "feedback",
      method: "lora",
      activate: false,
      name: "my-taste",
      max_steps: 50,
      captions: { "image-1": "a red cat", "image-2": null },
    },
  ]);
});

test("words that are set back to their own are no change", async () => {
  const { user, bodies } = studio();
  const caption = await screen.findByRole("textbox", { name: "Caption of “picture number 1”" });
  await user.type(caption, "!");
  await user.click(screen.getByRole("button", { name: "As it was: “picture number 1”" }));
  expect(caption).toHaveValue("picture number 1");
  await user.click(start());
  await waitFor(() => expect(bodies()).toMatchObject([{ captions: {} }]));
});

test("too few ratings: the reason stands by the button, which does nothing", async () => {
  const reason = "There are 3 rated pictures; rate 7 more.";
  const preview = samplePreview({ ready: false, reason, examples: [], estimate: null });
  const { user, bodies } = studio({ "GET /api/retrain/preview": preview });
  expect(await screen.findByText(reason)).toBeVisible();
  expect(start()).toHaveAccessibleDescription(reason);
  await user.click(start());
  expect(bodies()).toEqual([]);
});

test("a dataset has to be named, and the server's objection stands at its field", async () => {
  const detail = "dataset: there is no such dataset.";
  const { user, bodies } = studio({
    "POST /api/retrain": () =>
      problem(422, detail, [{ field: "dataset", message: "There is no such dataset." }]),
  });
  await user.click(choose("A dataset"));
  expect(start()).toHaveAccessibleDescription("Name the dataset to learn from.");
  await user.type(screen.getByLabelText("Dataset"), "owner/cats");
  await waitFor(() => expect(start()).not.toHaveAttribute("aria-describedby"));
  await user.click(start());
  await waitFor(() => expect(screen.getByLabelText("Dataset")).toHaveFocus());
  expect(screen.getByLabelText("Dataset")).toBeInvalid();
  expect(screen.getAllByText("There is no such dataset.")).toHaveLength(2);
  expect(bodies()).toMatchObject([{ source: "dataset", dataset: "owner/cats" }]);
});

test("the dataset that the server would take by itself is one press away", async () => {
  const { user, bodies } = studio();
  await screen.findByText(/pictures to learn from/);
  await user.click(choose("A dataset"));
  await user.click(screen.getByRole("button", { name: "Use owner/pictures-with-captions" }));
  expect(screen.getByLabelText("Dataset")).toHaveValue("owner/pictures-with-captions");
  expect(screen.queryByRole("button", { name: /^Use / })).not.toBeInTheDocument();
  await waitFor(() => expect(start()).not.toHaveAttribute("aria-describedby"));
  await user.click(start());
  await waitFor(() =>
    expect(bodies()).toMatchObject([{ dataset: "owner/pictures-with-captions" }]),
  );
});

test("numbers that can't be are caught before they are sent", async () => {
  const { user, bodies } = studio();
  await screen.findByText(/pictures to learn from/);
  await user.click(screen.getByRole("button", { name: "Advanced" }));
  await user.type(screen.getByLabelText("Batch size"), "1.5");
  await user.click(start());
  await waitFor(() => expect(screen.getByLabelText("Batch size")).toBeInvalid());
  // Said aloud, and written at the field.
  expect(screen.getAllByText("A whole number.")).toHaveLength(2);
  expect(bodies()).toEqual([]);
});

test("a busy device is a sentence above the button", async () => {
  const detail = "Another run is training on the device cpu already.";
  const { user } = studio({ "POST /api/retrain": () => problem(409, detail) });
  await screen.findByText(/pictures to learn from/);
  await user.click(start());
  await waitFor(() => expect(screen.getAllByText(detail).length).toBeGreaterThan(0));
});

test("while the cost is being measured, it says so and asks again", async () => {
  const measuring = samplePreview({
    estimate: {
      state: "measuring",
      seconds: null,
      seconds_per_step: null,
      memory_bytes: null,
      memory_available_bytes: null,
      disk_bytes: 0,
      steps: 100,
      detail: "Measuring on this machine with a few real steps.",
    },
  });
  const answers = [measuring, samplePreview()];
  studio({ "GET /api/retrain/preview": () => answers.shift() ?? samplePreview() });
  expect(await screen.findByText(/Measuring on this machine/)).toBeVisible();
  expect(await screen.findByText(/About 10 min/)).toBeVisible();
});

test("a preview that can't be had says why and can be asked for again", async () => {
  const answers = [problem(400, "The hub can't be reached."), samplePreview()];
  const { user } = studio({ "GET /api/retrain/preview": () => answers.shift() });
  expect(await screen.findByText("The hub can't be reached.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/pictures to learn from/)).toBeVisible();
});

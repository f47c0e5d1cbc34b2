import { screen, waitFor, within } from "@testing-library/react";
import { show } from "@/testing/render";
import { sampleJob, sampleModel, sampleSystem } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { emptyDraft } from "./draft";
import { GenerateForm } from "./GenerateForm";
import { draftStore } from "./useDraft";

const always = {
  "GET /api/models": { items: [sampleModel()], active: "starter" },
  "GET /api/system": sampleSystem,
};

beforeEach(() => draftStore.set(emptyDraft));

test("Ctrl+Enter sends the prompt once, and the job is known", async () => {
  const calls = fakeServer({ ...always, "POST /api/generate": sampleJob() });
  const { user, cache } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "a red apple");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(cache.getQueryData(["jobs"])).toHaveLength(1));
  const posts = calls.filter(({ route }) => route === "POST /api/generate");
  expect(posts).toHaveLength(1);
  expect(posts[0]?.body).toEqual({ prompt: "a red apple", num_images: 1 });
  expect(posts[0]?.headers.get("Prefer")).toBe("respond-async");
  expect(posts[0]?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  expect(screen.getByLabelText("Prompt")).toHaveValue("a red apple");
});

test("an empty prompt is objected to without asking the server", async () => {
  const calls = fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.click(screen.getByRole("button", { name: /^generate/i }));
  const prompt = screen.getByLabelText("Prompt");
  await waitFor(() => expect(prompt).toHaveAccessibleErrorMessage(/describe what the picture/i));
  expect(prompt).toHaveFocus();
  expect(calls.some(({ route }) => route === "POST /api/generate")).toBe(false);
});

test("the server's objection opens the settings and stands at its field", async () => {
  fakeServer({
    ...always,
    "POST /api/generate": () =>
      problem(422, "Some values aren't allowed.", [{ field: "width", message: "Use 248 or 256." }]),
  });
  const { user } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "a cat");
  await user.click(screen.getByRole("button", { name: /^generate/i }));
  const width = await screen.findByLabelText("Width");
  expect(width).toBeInvalid();
  await waitFor(() => expect(width).toHaveAccessibleErrorMessage("Use 248 or 256."));
  await waitFor(() => expect(width).toHaveFocus());
});

test("when nobody answers the words stay, and the next try has the same key", async () => {
  let alive = false;
  const calls = fakeServer({
    ...always,
    "POST /api/generate": () => {
      if (!alive) throw new TypeError("connection refused");
      return sampleJob();
    },
  });
  const { user, cache } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "a cat");
  await user.click(screen.getByRole("button", { name: /^generate/i }));
  expect(await screen.findAllByText(/isn't answering/i)).not.toHaveLength(0);
  expect(screen.getByLabelText("Prompt")).toHaveValue("a cat");
  alive = true;
  await user.click(screen.getByRole("button", { name: /^generate/i }));
  await waitFor(() => expect(cache.getQueryData(["jobs"])).toHaveLength(1));
  const keys = calls.flatMap(({ route, headers }) =>
    route === "POST /api/generate" ? [headers.get("Idempotency-Key")] : [],
  );
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("chips show the values in use and lead to their field", async () => {
  fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.click(await screen.findByRole("button", { name: "20 steps" }));
  const steps = await screen.findByLabelText("Steps");
  await waitFor(() => expect(steps).toHaveFocus());
  await user.type(steps, "8");
  expect(screen.getByRole("button", { name: "8 steps" })).toBeVisible();
});

test("what was typed is kept for the next visit", async () => {
  fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "two pears");
  expect(JSON.parse(localStorage.getItem("tastemaker.draft") ?? "{}").prompt).toBe("two pears");
});

test("a model that samples in its own way leaves no choice of a sampler", async () => {
  const own = sampleModel({ title: "PixArt", family: "PixArt-alpha", own_sampler: true });
  fakeServer({ ...always, "GET /api/models": { items: [own], active: "starter" } });
  const { user } = show(<GenerateForm />);
  await user.click(await screen.findByRole("button", { name: "Own sampler" }));
  for (const name of ["Sampler", "Schedule"]) {
    const select = await screen.findByLabelText(name);
    expect(select).toHaveDisplayValue("The model's own");
    expect(select.querySelectorAll("option")).toHaveLength(1);
  }
});

test("the sampler and schedule in use say what to expect of them", async () => {
  fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.click(await screen.findByRole("button", { name: /DPM\+\+ 2M/ }));
  expect(await screen.findByText(/Sharp and quick/)).toBeVisible();
  await user.selectOptions(screen.getByLabelText("Sampler"), "DPM++ SDE");
  expect(screen.getByText(/each twice as long/)).toBeVisible();
  await user.selectOptions(screen.getByLabelText("Schedule"), "Align Your Steps");
  expect(screen.getByText(/about 10 steps/)).toBeVisible();
  expect(screen.getByRole("button", { name: "DPM++ SDE, Align Your Steps" })).toBeVisible();
});

const vocabulary = {
  subjects: [
    { name: "dog", words: ["puppy"] },
    { name: "pumpkin", words: [] },
  ],
  backgrounds: [],
  worlds: [{ name: "space", words: ["in space"] }],
  looks: [],
};
const knowing = {
  ...always,
  "GET /api/models": { items: [sampleModel({ has_vocabulary: true })], active: "starter" },
  "GET /api/models/starter/vocabulary": vocabulary,
};

test("a model that knows only so many words offers them while one types", async () => {
  fakeServer(knowing);
  const { user } = show(<GenerateForm />);
  const prompt = screen.getByLabelText("Prompt");
  await user.type(prompt, "a pu");
  const list = await screen.findByRole("listbox", { name: "Words this model knows" });
  expect(
    within(list)
      .getAllByRole("option")
      .map((option) => option.textContent),
  ).toEqual(["puppydog", "pumpkinthing"]);
  await user.keyboard("{ArrowDown}{Enter}");
  expect(prompt).toHaveValue("a puppy");
  expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
  await user.type(prompt, " spa");
  await user.click(screen.getByRole("option", { name: /in space/ }));
  expect(prompt).toHaveValue("a puppy in space");
  expect(prompt).toHaveFocus();
});

test("offered words are in nobody's way", async () => {
  const calls = fakeServer({ ...knowing, "POST /api/generate": sampleJob() });
  const { user } = show(<GenerateForm />);
  const prompt = screen.getByLabelText("Prompt");
  await user.type(prompt, "pu");
  await screen.findByRole("listbox");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
  await user.type(prompt, "m");
  await screen.findByRole("listbox");
  await user.keyboard("{Enter}x");
  expect(prompt).toHaveValue("pum\nx");
  await user.keyboard("{Backspace}{Backspace}{Control>}{Enter}{/Control}");
  await waitFor(() => expect(calls.some(({ route }) => route === "POST /api/generate")).toBe(true));
});

test("a model that draws anything offers nothing, and isn't asked", async () => {
  const calls = fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "a pu");
  expect(screen.queryByRole("listbox")).not.toBeInTheDocument();
  expect(calls.some(({ route }) => route.endsWith("vocabulary"))).toBe(false);
});

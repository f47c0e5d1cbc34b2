import { screen, waitFor, within } from "@testing-library/react";
import { show } from "@/testing/render";
import { sampleJob, sampleModel } from "@/testing/samples";
import { fakeServer } from "@/testing/server";
import { emptyDraft } from "./draft";
import { GenerateForm } from "./GenerateForm";
import { draftStore } from "./useDraft";

const known = (id: number, text: string, favourite = false) => ({
  id,
  text,
  favourite,
  uses: 1,
  used_at: "2026-11-02T12:00:00Z",
});
const ink = { id: 1, name: "Ink", prompt: "ink of {prompt}", negative_prompt: "" };
const clean = { id: 2, name: "Clean", prompt: "", negative_prompt: "blurry" };
const always = {
  "GET /api/models": { items: [sampleModel()], active: "starter" },
  "GET /api/system": null,
  "GET /api/prompts": { items: [known(1, "a red cat, oil painting"), known(2, "a dog", true)] },
  "GET /api/styles": { items: [ink, clean] },
  "GET /api/queue": { paused: false, num_running: 0, num_waiting: 0, entries: [] },
  "POST /api/prompts/tokens": {
    model: "starter",
    prompt: { tokens: 80, window: 75, windows: 2, dropped: 0 },
    negative_prompt: { tokens: 0, window: 75, windows: 1, dropped: 0 },
  },
  "POST /api/generate": sampleJob(),
};

beforeEach(() => draftStore.set(emptyDraft));

const prompt = () => screen.getByLabelText<HTMLTextAreaElement>("Prompt");

test("Ctrl+↑ weighs the word at the caret, again and again", async () => {
  fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.type(prompt(), "a cat");
  await user.keyboard("{Control>}{ArrowUp}{ArrowUp}{/Control}");
  expect(prompt()).toHaveValue("a (cat:1.2)");
  expect(prompt().selectionStart).toBe(3);
  expect(prompt().selectionEnd).toBe(6);
  await user.keyboard("{Control>}{ArrowDown}{ArrowDown}{/Control}");
  expect(prompt()).toHaveValue("a cat");
});

test("Alt+↑ and Alt+↓ walk through the history, and what was typed comes back", async () => {
  const calls = fakeServer(always);
  const { user } = show(<GenerateForm />);
  await waitFor(() => expect(calls.some(({ route }) => route === "GET /api/prompts")).toBe(true));
  await user.type(prompt(), "new");
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  await waitFor(() => expect(prompt()).toHaveValue("a red cat, oil painting"));
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  expect(prompt()).toHaveValue("a dog");
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  expect(prompt()).toHaveValue("a dog");
  await user.keyboard("{Alt>}{ArrowDown}{ArrowDown}{/Alt}");
  expect(prompt()).toHaveValue("new");
});

test("earlier prompts complete what is typed", async () => {
  const calls = fakeServer(always);
  const { user } = show(<GenerateForm />);
  await waitFor(() => expect(calls.some(({ route }) => route === "GET /api/prompts")).toBe(true));
  await user.type(prompt(), "a red");
  const list = await screen.findByRole("listbox", { name: "Suggestions" });
  expect(within(list).getByRole("option")).toHaveTextContent("a red cat, oil paintingyours");
  await user.keyboard("{ArrowDown}{Tab}");
  expect(prompt()).toHaveValue("a red cat, oil painting");
});

test("tokens are counted against the encoder's windows", async () => {
  const calls = fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.type(prompt(), "many words");
  expect(await screen.findByText("80/150")).toBeVisible();
  expect(screen.getByText("80 tokens in 2 windows of 75")).toBeInTheDocument();
  const asked = calls.filter(({ route }) => route === "POST /api/prompts/tokens");
  expect(asked.map(({ body }) => (body as { prompt: string }).prompt)).toEqual(["many words"]);
});

test("a style is chosen and sent by its name", async () => {
  const calls = fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.type(prompt(), "a cat");
  await user.click(screen.getByRole("button", { name: "Styles" }));
  const style = await screen.findByRole("checkbox", { name: /Ink/ });
  // A preset of what to avoid is offered beside the negative prompt instead.
  expect(screen.queryByRole("checkbox", { name: /Clean/ })).not.toBeInTheDocument();
  await user.click(style);
  expect(screen.getByRole("button", { name: "Styles: Ink" })).toBeInTheDocument();
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() =>
    expect(calls.find(({ route }) => route === "POST /api/generate")?.body).toMatchObject({
      prompt: "a cat",
      styles: ["Ink"],
    }),
  );
});

test("a negative preset is added to what stands there", async () => {
  fakeServer(always);
  const { user } = show(<GenerateForm />);
  await user.click(screen.getByRole("button", { name: "Advanced" }));
  await user.type(await screen.findByLabelText("Negative prompt"), "text");
  await user.selectOptions(await screen.findByLabelText("Add a negative preset"), "Clean");
  expect(screen.getByLabelText("Negative prompt")).toHaveValue("text, blurry");
});

test("a surprise says what it builds on", async () => {
  fakeServer({
    ...always,
    "POST /api/prompts/surprise": {
      prompt: "a fox at night",
      parts: [
        { text: "fox", likes: 3, dislikes: 0 },
        { text: "night", likes: 0, dislikes: 1 },
      ],
    },
  });
  const { user } = show(<GenerateForm />);
  await user.click(screen.getByRole("button", { name: "Surprise me" }));
  await waitFor(() => expect(prompt()).toHaveValue("a fox at night"));
  expect(screen.getByText("You liked “fox” 3 likes")).toBeInTheDocument();
});

test("a prompt is kept as a favourite", async () => {
  const calls = fakeServer({ ...always, "PUT /api/prompts": known(3, "a cat", true) });
  const { user } = show(<GenerateForm />);
  await user.type(prompt(), " a cat ");
  await user.click(screen.getByRole("button", { name: "Keep as a favourite" }));
  await waitFor(() =>
    expect(calls.find(({ route }) => route === "PUT /api/prompts")?.body).toEqual({
      text: "a cat",
      favourite: true,
    }),
  );
});

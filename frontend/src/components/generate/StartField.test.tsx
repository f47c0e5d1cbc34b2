import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { given } from "@/components/picture/given";
import { show } from "@/testing/render";
import { sampleImage, sampleJob, sampleModel, sampleSystem } from "@/testing/samples";
import { type Call, fakeServer, problem } from "@/testing/server";
import { emptyDraft } from "./draft";
import { GenerateForm } from "./GenerateForm";
import { startFrom, startStore } from "./start";
import { draftStore } from "./useDraft";

const always = {
  "GET /api/models": { items: [sampleModel()], active: "starter" },
  "GET /api/system": sampleSystem,
};
const image = sampleImage({ id: 12, prompt: "a lamp" });

beforeEach(() => {
  draftStore.set(emptyDraft);
  startStore.set(null);
});

/** What was asked to be drawn, among everything else that a form asks. */
const drawn = (calls: Call[]) =>
  calls.filter(({ route }) => /^POST .api.(generate|variations)$/.test(route));

test("a request starts from a picture of the gallery until it is removed", async () => {
  const calls = fakeServer({
    ...always,
    "POST /api/variations": sampleJob({ kind: "variations" }),
    "POST /api/generate": sampleJob(),
  });
  startFrom({ kind: "image", image });
  const { user } = show(<GenerateForm />);
  expect(screen.getByLabelText("Prompt")).toHaveValue("a lamp");
  const field = screen.getByRole("group", { name: "Start picture: a lamp" });
  await user.selectOptions(
    within(field).getByLabelText("How it gets to the size"),
    "Pad the edges",
  );
  within(field).getByRole("slider", { name: "Strength" }).focus();
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(await screen.findByText("The picture's size")).toBeVisible();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(drawn(calls).at(-1)?.route).toBe("POST /api/variations"));
  const first = drawn(calls).at(-1);
  expect(first?.body).toEqual({
    prompt: "a lamp",
    image_id: 12,
    strength: 0.6,
    resize_mode: "pad",
    num_variations: 1,
  });
  expect(first?.headers.get("Idempotency-Key")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Remove the start picture" }));
  expect(screen.queryByRole("group", { name: /Start picture/ })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(drawn(calls).at(-1)?.route).toBe("POST /api/generate"));
});

test("a given file is sent along, and nothing is lost when that fails", async () => {
  const calls = fakeServer({
    ...always,
    "POST /api/variations": () => problem(503, "The model is still loading."),
  });
  const file = new File(["x"], "boat.png", { type: "image/png" });
  startFrom({ kind: "given", picture: given(file) });
  const { user } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "a ship");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect((await screen.findAllByText("The model is still loading."))[0]).toBeVisible();
  const tried = calls.filter(({ route }) => route === "POST /api/variations");
  expect(tried.map(({ body }) => body)).toMatchObject([
    { prompt: "a ship", image: "data:image/png;base64,eA==", strength: 0.5 },
  ]);
  expect(screen.getByLabelText("Prompt")).toHaveValue("a ship");
  expect(screen.getByRole("group", { name: "Start picture: boat.png" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => {
    const keys = calls
      .filter(({ route }) => route === "POST /api/variations")
      .map(({ headers }) => headers.get("Idempotency-Key"));
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });
});

test("a prompt that is already there stays", () => {
  draftStore.set({ ...emptyDraft, prompt: "mine" });
  startFrom({ kind: "image", image });
  expect(draftStore.get().prompt).toBe("mine");
});

test("a second pass is asked for, and what is wrong with it stands at its field", async () => {
  let refuse = true;
  const calls = fakeServer({
    ...always,
    "POST /api/generate": () =>
      refuse
        ? problem(422, "No.", [{ field: "hires.num_inference_steps", message: "Too many here." }])
        : sampleJob(),
  });
  const { user } = show(<GenerateForm />);
  await user.type(screen.getByLabelText("Prompt"), "a ship");
  await user.click(screen.getByRole("button", { name: "Advanced" }));
  const hires = screen.getByRole("group", { name: "Second pass" });
  expect(within(hires).queryByLabelText("Upscaler")).not.toBeInTheDocument();
  await user.selectOptions(within(hires).getByLabelText("Hi-res"), "2 times as large");
  await user.type(within(hires).getByLabelText("Hi-res strength"), "0.4");
  await user.type(within(hires).getByLabelText("Hi-res steps"), "12");
  await user.selectOptions(within(hires).getByLabelText("Upscaler"), "Lanczos");
  expect(screen.getByText("Hi-res 2 ×")).toBeVisible();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  expect((await screen.findAllByText("Too many here."))[0]).toBeVisible();
  refuse = false;
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(screen.queryByText("Too many here.")).not.toBeInTheDocument());
  expect(drawn(calls).at(-1)?.body).toMatchObject({
    hires: { scale: 2, strength: 0.4, num_inference_steps: 12, upscaler: "lanczos" },
  });
});

test("a second pass beyond what the model draws is told before anything is sent", async () => {
  const calls = fakeServer(always);
  draftStore.set({ ...emptyDraft, prompt: "a ship", hires_scale: "3" });
  const { user } = show(<GenerateForm />);
  await screen.findByText("Hi-res 3 ×");
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  expect((await screen.findAllByText(/At most 2 for this size/))[0]).toBeVisible();
  expect(calls.some(({ route }) => /^POST .api.(generate|variations)$/.test(route))).toBe(false);
});

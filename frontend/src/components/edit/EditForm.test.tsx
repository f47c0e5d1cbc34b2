import { act, screen, waitFor } from "@testing-library/react";
import { useRef } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { show } from "@/testing/render";
import { sampleImage, sampleJob, sampleModel, sampleSystem } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { emptyEdit } from "./draft";
import { EditForm } from "./EditForm";
import * as pixels from "./pixels";
import { type Source, sourceOfImage } from "./source";
import { editDraft, editPrompts, editSettings } from "./useEditDraft";
import { useEditSubmit } from "./useEditSubmit";
import { noExtend, Work } from "./work";

const always = {
  "GET /api/models": { items: [sampleModel()], active: "starter" },
  "GET /api/system": sampleSystem,
};
const source = sourceOfImage(sampleImage({ id: 12, prompt: "a lamp" }));
const file = new File(["x"], "boat.png", { type: "image/png" });
const size = { width: 64, height: 64 };
const uploaded: Source = { key: "given 1", name: "boat.png", src: "blob:here", size, file };
const onAccepted = vi.fn();

function Bench({ source: from, work }: { source: Source; work: Work }) {
  const prompt = useRef<HTMLTextAreaElement>(null);
  const onFieldError = () => prompt.current?.focus();
  const sending = useEditSubmit(from, work, { onFieldError, onAccepted });
  return <EditForm source={from} work={work} prompt={prompt} sending={sending} />;
}

function painted(): Work {
  const work = new Work(size);
  work.invert();
  return work;
}

beforeEach(() => {
  // What the browser's canvas does is seen in a real browser.
  vi.spyOn(pixels, "maskPng").mockReturnValue("data:image/png;base64,bWFzaw==");
  editSettings.set(emptyEdit);
  editPrompts.set([]);
});

const redraw = () => screen.getByRole("button", { name: "Redraw" });

test("the mask goes to the server with what was asked for", async () => {
  const calls = fakeServer({
    ...always,
    "POST /api/edits": sampleJob({ kind: "edits", id: "e1" }),
  });
  const { user } = show(<Bench source={source} work={painted()} />);
  await user.type(screen.getByLabelText("Prompt"), "a blue lamp");
  await user.type(screen.getByLabelText("Mask blur"), "0");
  await user.click(screen.getByLabelText("Only the masked area"));
  await user.type(screen.getByLabelText("Padding"), "16");
  await user.type(screen.getByLabelText("Pictures"), "3");
  await user.click(redraw());
  await waitFor(() => expect(onAccepted).toHaveBeenCalled());
  const sent = calls.find(({ route }) => route === "POST /api/edits");
  expect(sent?.body).toEqual({
    image_id: 12,
    mask: "data:image/png;base64,bWFzaw==",
    prompt: "a blue lamp",
    strength: 1,
    mask_blur: 0,
    only_masked: true,
    padding: 16,
    num_images: 3,
  });
  expect(sent?.headers.get("Prefer")).toBe("respond-async");
});

test("nothing painted and nothing extended is told before anything is sent", async () => {
  const calls = fakeServer(always);
  const work = new Work(size);
  const { user } = show(<Bench source={source} work={work} />);
  await user.click(redraw());
  expect((await screen.findAllByText(/Paint over what should change/))[0]).toBeVisible();
  expect(calls.some(({ route }) => route.startsWith("POST"))).toBe(false);
  act(() => work.invert());
  await waitFor(() => expect(screen.queryByRole("alert")).not.toBeInTheDocument());
  expect(screen.queryAllByText(/Paint over what should change/)).toHaveLength(1);
});

test("an extension alone needs no mask; a given file is sent along with its prompt", async () => {
  const calls = fakeServer({ ...always, "POST /api/edits": sampleJob({ kind: "edits" }) });
  const work = new Work(size);
  const { user } = show(<Bench source={uploaded} work={work} />);
  await user.type(screen.getByLabelText("Extend: right"), "24");
  expect(screen.getByText(/Becomes 88 × 64 pixels/)).toBeVisible();
  await user.click(redraw());
  expect((await screen.findAllByText(/Describe what the picture/))[0]).toBeVisible();
  expect(screen.getByLabelText("Prompt")).toHaveFocus();
  await user.type(screen.getByLabelText("Prompt"), "a harbour");
  await user.click(redraw());
  await waitFor(() => expect(calls.at(-1)?.route).toBe("POST /api/edits"));
  expect(calls.at(-1)?.body).toMatchObject({
    prompt: "a harbour",
    image: "data:image/png;base64,eA==",
    extend: { ...noExtend, right: 24 },
  });
  expect(calls.at(-1)?.body).not.toHaveProperty("mask");
});

test("a failed request loses nothing, and trying again is the same request", async () => {
  let answer = () => problem(503, "The studio is busy.");
  const calls = fakeServer({ ...always, "POST /api/edits": () => answer() });
  const work = painted();
  const { user } = show(<Bench source={source} work={work} />);
  await user.type(screen.getByLabelText("Prompt"), "a blue lamp");
  await user.click(redraw());
  expect((await screen.findAllByText("The studio is busy."))[0]).toBeVisible();
  expect(work.coverage).toBe(1);
  expect(screen.getByLabelText("Prompt")).toHaveValue("a blue lamp");
  answer = () => problem(422, "No.", [{ field: "extend.left", message: "Too far." }]);
  await user.click(redraw());
  expect((await screen.findAllByText("Too far."))[0]).toBeVisible();
  const keys = calls
    .filter(({ route }) => route === "POST /api/edits")
    .map(({ headers }) => headers.get("Idempotency-Key"));
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("each picture has its own prompt; the settings are one for all", async () => {
  fakeServer(always);
  const first = show(<Bench source={source} work={painted()} />);
  await first.user.type(screen.getByLabelText("Prompt"), "mine");
  await first.user.type(screen.getByLabelText("Mask blur"), "9");
  first.unmount();
  show(<Bench source={uploaded} work={painted()} />);
  expect(screen.getByLabelText("Prompt")).toHaveValue("");
  expect(screen.getByLabelText("Mask blur")).toHaveValue(9);
  expect(editDraft(source.key).prompt).toBe("mine");
  expect(JSON.parse(localStorage.getItem("tastemaker.editPrompts") ?? "")).toEqual([
    [source.key, "mine"],
  ]);
});

test("a number that can't be used is told, and the last good one stays in use", async () => {
  fakeServer(always);
  const work = new Work(size);
  const { user } = show(<Bench source={source} work={work} />);
  const left = screen.getByLabelText("Extend: left");
  await user.type(left, "16");
  expect(work.extend.left).toBe(16);
  await user.type(left, "000");
  expect(left).toHaveAttribute("aria-invalid", "true");
  expect(work.extend.left).toBeLessThanOrEqual(160);
  act(() => void work.undo());
  expect(work.extend.left).toBe(0);
});

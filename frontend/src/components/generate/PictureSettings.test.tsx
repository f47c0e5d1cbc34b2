import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Infotext } from "@/api/exchange";
import { show } from "@/testing/render";
import { sampleImage } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { emptyDraft } from "./draft";
import { PictureSettings } from "./PictureSettings";
import { recoveredStore } from "./recovered";
import { startStore } from "./start";
import { styleStore } from "./style";
import { draftStore } from "./useDraft";
import { idOfLink } from "./useImageDrag";

const answer: Infotext = {
  dialect: "comfyui",
  program: "ComfyUI",
  settings: {
    prompt: "a paper boat",
    negative_prompt: "plastic",
    width: 256,
    height: 192,
    num_inference_steps: 25,
    guidance_scale: 8,
    seed: 777,
    sampler: "dpmpp_2m",
    schedule: "karras",
    model: null,
  },
  unmapped: [{ name: "LoRA", value: "ink (0.7)", reason: "LoRAs of other programs aren't used" }],
  notes: ["ComfyUI draws its noise in its own way: the same seed gives another picture here."],
};
const silent: Infotext = { dialect: null, program: null, settings: null, unmapped: [], notes: [] };
const picture = (name = "boat.png") => new File(["x"], name, { type: "image/png" });

function dropped(...files: File[]): object {
  return { dataTransfer: { types: ["Files"], files, items: [], dropEffect: "none" } };
}

beforeEach(() => {
  draftStore.set({ ...emptyDraft, prompt: "before", model: "mine", num_images: "3" });
  recoveredStore.set(null);
  startStore.set(null);
  styleStore.set(null);
});

test("a picture dropped anywhere fills the form, and what was left out is said", async () => {
  fakeServer({ "POST /api/infotext": answer });
  const { user } = show(<PictureSettings onEdit={() => {}} />);
  fireEvent.dragEnter(document.body, dropped());
  expect(
    await screen.findByText("Let go to use this picture: its settings, as a start, or to edit it"),
  ).toBeInTheDocument();
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText("Settings of boat.png, as ComfyUI wrote them")).toBeVisible();
  expect(
    screen.queryByText("Let go to use this picture: its settings, as a start, or to edit it"),
  ).not.toBeInTheDocument();
  expect(draftStore.get()).toEqual({
    ...emptyDraft,
    prompt: "a paper boat",
    negative_prompt: "plastic",
    width: "256",
    height: "192",
    num_inference_steps: "25",
    guidance_scale: "8",
    seed: "777",
    sampler: "dpmpp_2m",
    schedule: "karras",
    num_images: "3",
    model: "mine",
  });
  expect(screen.getByText(/ink \(0\.7\): LoRAs of other programs aren't used/)).toBeVisible();
  expect(screen.getByText(/the same seed gives another picture/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(draftStore.get().prompt).toBe("before");
  expect(screen.getByText("boat.png was made with ComfyUI")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Use its settings" }));
  expect(draftStore.get().prompt).toBe("a paper boat");
  expect(screen.getAllByText(/ink \(0\.7\)/)).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Close: settings from a picture" }));
  expect(screen.queryByText(/Settings of boat\.png/)).not.toBeInTheDocument();
});

test("a dropped picture can be a start, give its look, or be edited, whatever it says", async () => {
  fakeServer({ "POST /api/infotext": silent });
  const onEdit = vi.fn();
  const { user } = show(<PictureSettings onEdit={onEdit} />);
  const file = picture();
  fireEvent.drop(document.body, dropped(file));
  await user.click(await screen.findByRole("button", { name: "Start from this picture" }));
  expect(startStore.get()).toMatchObject({ kind: "given", picture: { name: "boat.png", file } });
  expect(screen.getByRole("button", { name: "It is the start" })).toBeDisabled();
  expect(screen.queryByRole("button", { name: "Use its settings" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Take its look" }));
  expect(styleStore.get()).toMatchObject({ kind: "given", picture: { name: "boat.png", file } });
  expect(screen.getByRole("button", { name: "It gives its look" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Edit it" }));
  expect(onEdit).toHaveBeenCalledWith(file);
});

test("a file is chosen as a start, for its look, and to edit, without being read first", async () => {
  const calls = fakeServer({});
  const onEdit = vi.fn();
  const { user } = show(<PictureSettings onEdit={onEdit} />);
  await user.upload(screen.getByLabelText("Picture to start from"), picture("start.png"));
  expect(startStore.get()).toMatchObject({ picture: { name: "start.png" } });
  await user.upload(screen.getByLabelText("Picture to take the look from"), picture("look.png"));
  expect(styleStore.get()).toMatchObject({ picture: { name: "look.png" } });
  await user.upload(screen.getByLabelText("Picture to edit"), picture("edit.png"));
  expect(onEdit.mock.calls[0]?.[0].name).toBe("edit.png");
  expect(calls).toEqual([]);
});

test("a picture of this page that is dragged becomes the start", async () => {
  fakeServer({ "GET /api/images/12": sampleImage({ id: 12, prompt: "a lamp" }) });
  show(<PictureSettings onEdit={() => {}} />);
  const link = `${window.location.origin}/images/12`;
  const dataTransfer = { types: ["text/uri-list"], getData: () => link };
  fireEvent.dragStart(document.body, { dataTransfer });
  expect(await screen.findByText("Let go to start from this picture")).toBeInTheDocument();
  fireEvent.drop(document.body, { dataTransfer });
  await waitFor(() => expect(startStore.get()).toMatchObject({ image: { id: 12 } }));
  expect(screen.queryByText(/Let go/)).not.toBeInTheDocument();
  expect(draftStore.get().prompt).toBe("before");
});

test("only this page's own pictures can be dragged in", () => {
  const here = "http://here";
  expect(idOfLink(`${here}/images/12?q=x`, here)).toBe(12);
  expect(idOfLink(`${here}/api/images/7/thumbnail`, here)).toBe(7);
  expect(idOfLink("http://there/images/12", here)).toBeNull();
  expect(idOfLink(`${here}/images/12/else`, here)).toBeNull();
  expect(idOfLink("", here)).toBeNull();
});

test("a picture can be chosen, and pasted", async () => {
  const calls = fakeServer({ "POST /api/infotext": answer });
  const { user } = show(<PictureSettings onEdit={() => {}} />);
  await user.upload(screen.getByLabelText("Picture to take the settings from"), picture());
  await waitFor(() => expect(draftStore.get().prompt).toBe("a paper boat"));
  const clipboardData = { types: ["Files"], files: [picture("pasted.png")] };
  fireEvent.paste(document.body, { clipboardData });
  expect(await screen.findByText(/Settings of pasted\.png/)).toBeVisible();
  const text = { types: ["text/plain", "Files"], files: [picture()] };
  fireEvent.paste(document.body, { clipboardData: text });
  expect(calls).toHaveLength(2);
});

test("a picture that says nothing leaves the form alone", async () => {
  fakeServer({ "POST /api/infotext": silent });
  show(<PictureSettings onEdit={() => {}} />);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText("boat.png doesn't say how it was made")).toBeVisible();
  expect(draftStore.get().prompt).toBe("before");
  expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
});

test("a seed that a browser can't keep is left out and named", async () => {
  const seed = 2 ** 60;
  const settings = answer.settings ? { ...answer.settings, seed } : null;
  fakeServer({ "POST /api/infotext": { ...answer, settings } });
  show(<PictureSettings onEdit={() => {}} />);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText(/larger than a browser can keep/)).toBeVisible();
  expect(draftStore.get().seed).toBe("");
});

test("what the server refuses is said in its words", async () => {
  fakeServer({ "POST /api/infotext": () => problem(422, "The picture is damaged.") });
  show(<PictureSettings onEdit={() => {}} />);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText("The picture is damaged.")).toBeInTheDocument();
  expect(draftStore.get().prompt).toBe("before");
});

test("a picture of this page that is dragged is no file from elsewhere", async () => {
  const calls = fakeServer({ "POST /api/infotext": answer });
  show(<PictureSettings onEdit={() => {}} />);
  fireEvent.dragStart(document.body);
  fireEvent.dragEnter(document.body, dropped(picture()));
  expect(screen.queryByText(/Let go/)).not.toBeInTheDocument();
  fireEvent.drop(document.body, dropped(picture()));
  fireEvent.dragEnd(document.body);
  expect(calls).toEqual([]);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText(/Settings of boat\.png/)).toBeVisible();
});

test("files that are no pictures, and drags of other things, do nothing", async () => {
  const calls = fakeServer({});
  show(<PictureSettings onEdit={() => {}} />);
  fireEvent.dragEnter(document.body, { dataTransfer: { types: ["text/plain"] } });
  expect(screen.queryByText(/Let go/)).not.toBeInTheDocument();
  fireEvent.drop(document.body, dropped(new File(["x"], "notes.txt", { type: "text/plain" })));
  expect(await screen.findByText("That is no picture")).toBeInTheDocument();
  expect(calls).toEqual([]);
});

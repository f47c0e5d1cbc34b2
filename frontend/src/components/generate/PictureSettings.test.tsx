import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { Infotext } from "@/api/exchange";
import { show } from "@/testing/render";
import { fakeServer, problem } from "@/testing/server";
import { emptyDraft } from "./draft";
import { PictureSettings } from "./PictureSettings";
import { recoveredStore } from "./recovered";
import { draftStore } from "./useDraft";

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
});

test("a picture dropped anywhere fills the form, and what was left out is said", async () => {
  fakeServer({ "POST /api/infotext": answer });
  const { user } = show(<PictureSettings />);
  fireEvent.dragEnter(document.body, dropped());
  expect(await screen.findByText("Let go to use this picture's settings")).toBeInTheDocument();
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText("Settings of boat.png, as ComfyUI wrote them")).toBeVisible();
  expect(screen.queryByText("Let go to use this picture's settings")).not.toBeInTheDocument();
  expect(draftStore.get()).toEqual({
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
  expect(screen.queryByText(/Settings of boat\.png/)).not.toBeInTheDocument();
});

test("a picture can be chosen, and pasted", async () => {
  const calls = fakeServer({ "POST /api/infotext": answer });
  const { user } = show(<PictureSettings />);
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
  show(<PictureSettings />);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText("boat.png doesn't say how it was made")).toBeVisible();
  expect(draftStore.get().prompt).toBe("before");
  expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
});

test("a seed that a browser can't keep is left out and named", async () => {
  const seed = 2 ** 60;
  const settings = answer.settings ? { ...answer.settings, seed } : null;
  fakeServer({ "POST /api/infotext": { ...answer, settings } });
  show(<PictureSettings />);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText(/larger than a browser can keep/)).toBeVisible();
  expect(draftStore.get().seed).toBe("");
});

test("what the server refuses is said in its words", async () => {
  fakeServer({ "POST /api/infotext": () => problem(422, "The picture is damaged.") });
  show(<PictureSettings />);
  fireEvent.drop(document.body, dropped(picture()));
  expect(await screen.findByText("The picture is damaged.")).toBeInTheDocument();
  expect(draftStore.get().prompt).toBe("before");
});

test("a picture of this page that is dragged is no file from elsewhere", async () => {
  const calls = fakeServer({ "POST /api/infotext": answer });
  show(<PictureSettings />);
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
  show(<PictureSettings />);
  fireEvent.dragEnter(document.body, { dataTransfer: { types: ["text/plain"] } });
  expect(screen.queryByText(/Let go/)).not.toBeInTheDocument();
  fireEvent.drop(document.body, dropped(new File(["x"], "notes.txt", { type: "text/plain" })));
  expect(await screen.findByText("That is no picture")).toBeInTheDocument();
  expect(calls).toEqual([]);
});

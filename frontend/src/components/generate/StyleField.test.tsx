import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { given } from "@/components/picture/given";
import { show } from "@/testing/render";
import { sampleImage, sampleJob, sampleModel, sampleSystem } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { emptyDraft } from "./draft";
import { GenerateForm } from "./GenerateForm";
import { likeness } from "./StyleField";
import { startFrom, startStore } from "./start";
import { styleStore, takeLook } from "./style";
import { draftStore } from "./useDraft";

const always = {
  "GET /api/models": { items: [sampleModel()], active: "starter" },
  "GET /api/system": sampleSystem,
};
const drawing = { ...always, "POST /api/generate": sampleJob() };
const image = sampleImage({ id: 12, prompt: "a lamp" });
const group = (name = "a lamp") => screen.getByRole("group", { name: `Style picture: ${name}` });

beforeEach(() => {
  draftStore.set({ ...emptyDraft, prompt: "a ship" });
  startStore.set(null);
  styleStore.set(null);
});

test("a picture of the gallery gives its look until it is removed", async () => {
  const calls = fakeServer(drawing);
  const { user } = show(<GenerateForm />);
  act(() => takeLook({ kind: "image", image }));
  expect(within(group()).getByAltText("Style picture: a lamp")).toHaveAttribute(
    "src",
    "/api/images/12/thumbnail",
  );
  expect(within(group()).getByText("75 % · Its look")).toBeVisible();
  expect(screen.getByRole("button", { name: "Look of picture 12 · 75 %" })).toBeVisible();
  const posts = () => calls.filter(({ route }) => route === "POST /api/generate");
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(posts()).toHaveLength(1));
  expect(posts()[0]?.body).toEqual({
    prompt: "a ship",
    num_images: 1,
    style_reference: { image_id: 12, strength: 0.75 },
  });
  await user.click(screen.getByRole("button", { name: "Remove the style picture" }));
  expect(screen.queryByRole("group", { name: /Style picture/ })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(posts()).toHaveLength(2));
  expect(posts()[1]?.body).toEqual({ prompt: "a ship", num_images: 1 });
});

test("a given file is sent along, as strongly as the slider says", async () => {
  const calls = fakeServer(drawing);
  const file = new File(["x"], "ink.png", { type: "image/png" });
  takeLook({ kind: "given", picture: given(file) });
  const { user } = show(<GenerateForm />);
  await user.click(screen.getByRole("button", { name: "Look of a given picture · 75 %" }));
  const slider = within(group("ink.png")).getByRole("slider", { name: "Style strength" });
  await waitFor(() => expect(slider).toHaveFocus());
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(slider).toHaveAttribute("aria-valuetext", "85 percent, As much of it as possible");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() =>
    expect(calls.find(({ route }) => route === "POST /api/generate")?.body).toMatchObject({
      style_reference: { image: "data:image/png;base64,eA==", strength: 0.85 },
    }),
  );
});

test("taking a look leaves the words alone", () => {
  draftStore.set(emptyDraft);
  takeLook({ kind: "image", image });
  expect(draftStore.get()).toEqual(emptyDraft);
});

test("a look and a start exclude each other, which is said before anything is sent", async () => {
  const calls = fakeServer(drawing);
  takeLook({ kind: "image", image });
  const { user } = show(<GenerateForm />);
  act(() => startFrom({ kind: "image", image: sampleImage({ id: 3, prompt: "a boat" }) }));
  const told = /can't take over a look too: remove one of the two pictures/;
  expect(within(group()).getByText(told)).toBeVisible();
  const slider = await within(group()).findByRole("slider", { name: "Style strength" });
  expect(slider).toHaveAccessibleDescription(told);
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(slider).toHaveFocus());
  expect(calls.some(({ route }) => route === "POST /api/generate")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Remove the start picture" }));
  expect(within(group()).queryByText(told)).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  await waitFor(() => expect(calls.some(({ route }) => route === "POST /api/generate")).toBe(true));
});

test("a model that draws from text alone takes no look", async () => {
  const own = sampleModel({ title: "PixArt", own_sampler: true });
  const calls = fakeServer({ ...drawing, "GET /api/models": { items: [own], active: "starter" } });
  takeLook({ kind: "image", image });
  const { user } = show(<GenerateForm />);
  expect(await screen.findByText(/^PixArt draws from text alone/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: /^Generate/ }));
  expect(calls.some(({ route }) => route === "POST /api/generate")).toBe(false);
});

test.each(["style_reference", "style_reference.image_id", "style_reference.strength"])(
  "what the server has against %s stands at the picture, until another is taken",
  async (field) => {
    fakeServer({
      ...always,
      "POST /api/generate": () => problem(422, "No.", [{ field, message: "Not this one." }]),
    });
    takeLook({ kind: "image", image });
    const { user } = show(<GenerateForm />);
    await user.click(screen.getByRole("button", { name: /^Generate/ }));
    expect(await within(group()).findByText("Not this one.")).toBeVisible();
    act(() => takeLook({ kind: "image", image: sampleImage({ id: 13, prompt: "a kite" }) }));
    expect(within(group("a kite")).queryByText("Not this one.")).not.toBeInTheDocument();
  },
);

test.each([
  [5, "A hint of it"],
  [35, "A hint of it"],
  [40, "Its look"],
  [80, "Its look"],
  [85, "As much of it as possible"],
])("%s percent in words", (percent, words) => {
  expect(likeness(percent)).toBe(words);
});

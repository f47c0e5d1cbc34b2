import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { emptyDraft } from "@/components/generate/draft";
import { startStore } from "@/components/generate/start";
import { styleStore } from "@/components/generate/style";
import { draftStore } from "@/components/generate/useDraft";
import { show } from "@/testing/render";
import { sampleImage } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { useFillFrom } from "./useFillFrom";

function Page() {
  useFillFrom();
  return null;
}

const lamp = sampleImage({ id: 12, prompt: "a lamp" });
const took = (image_id: number | null) => {
  const style_reference = { image: "sha256:1", image_id, strength: 0.4 };
  return sampleImage({ id: 5, prompt: "a ship", params: { ...lamp.params, style_reference } });
};

beforeEach(() => {
  draftStore.set(emptyDraft);
  startStore.set(null);
  styleStore.set(null);
});

test("a picture comes for its look, without its words", async () => {
  fakeServer({ "GET /api/images/12": lamp });
  const { router } = show(<Page />, "/?look=12");
  await waitFor(() => expect(styleStore.get()).toMatchObject({ image: { id: 12 } }));
  expect(router.state.location.search).toBe("");
  expect(draftStore.get().prompt).toBe("");
  expect(startStore.get()).toBeNull();
});

test("a picture comes as a start", async () => {
  fakeServer({ "GET /api/images/12": lamp });
  show(<Page />, "/?start=12");
  await waitFor(() => expect(startStore.get()).toMatchObject({ image: { id: 12 } }));
  expect(styleStore.get()).toBeNull();
});

test("its settings bring the picture whose look it took", async () => {
  fakeServer({ "GET /api/images/5": took(12), "GET /api/images/12": lamp });
  show(<Page />, "/?from=5");
  await waitFor(() => expect(styleStore.get()).toMatchObject({ image: { id: 12 } }));
  expect(draftStore.get()).toMatchObject({ prompt: "a ship", style_strength: "0.4" });
  expect(await screen.findByText("The form holds this picture's settings")).toBeInTheDocument();
});

test("its settings without the file whose look it took, which is said", async () => {
  fakeServer({ "GET /api/images/5": took(null) });
  styleStore.set({ kind: "image", image: lamp });
  show(<Page />, "/?from=5");
  expect(await screen.findByText(/whose look it took was a file/)).toBeInTheDocument();
  expect(styleStore.get()).toBeNull();
  expect(draftStore.get().prompt).toBe("a ship");
});

test("its settings although the picture whose look it took is gone", async () => {
  fakeServer({
    "GET /api/images/5": took(12),
    "GET /api/images/12": () => problem(404, "There is no picture 12."),
  });
  show(<Page />, "/?from=5");
  await waitFor(() => expect(draftStore.get().prompt).toBe("a ship"));
  expect(await screen.findByText(/whose look it took couldn't be read/)).toBeInTheDocument();
  expect(styleStore.get()).toBeNull();
});

test("a picture that took no look clears the one in the form", async () => {
  fakeServer({ "GET /api/images/12": lamp });
  styleStore.set({ kind: "image", image: lamp });
  show(<Page />, "/?from=12");
  await waitFor(() => expect(draftStore.get().prompt).toBe("a lamp"));
  expect(styleStore.get()).toBeNull();
});

// A change stays on screen whatever answers of an earlier time arrive after it.
import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { useChangeImage, useSetDeleted, useVariationsOf } from "@/api/images";
import { RatingButtons } from "@/components/rating/RatingButtons";
import { imageOf } from "@/testing/fakeGallery";
import { show } from "@/testing/render";
import { fakeServer, problem } from "@/testing/server";

function Variations() {
  const { data } = useVariationsOf(1);
  return data?.items.map((image) => <RatingButtons key={image.id} image={image} />);
}

const like = () => screen.findByRole("button", { name: "Like" });
const asked = { items: [imageOf(2, { feedback: 0 })], next_cursor: null, total: 1 };

/** Answers that are held back until they are let go. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => act(async () => open()) };
}

it("survives a list that was read before the rating and arrives after it", async () => {
  const late = gate();
  let reads = 0;
  fakeServer({
    "GET /api/images": async () => {
      reads += 1;
      if (reads > 1) await late.opened;
      return asked;
    },
    "POST /api/feedback": { image_id: 2, feedback: 1 },
  });
  const { cache, user } = show(<Variations />);
  const button = await like();
  void cache.invalidateQueries({ queryKey: ["images"] });
  await user.click(button);
  expect(await like()).toHaveAttribute("aria-pressed", "true");
  await late.open();
  await expect.poll(() => cache.isFetching()).toBe(0);
  expect(await like()).toHaveAttribute("aria-pressed", "true");
});

it("survives a list that arrives while the rating is on its way", async () => {
  const saving = gate();
  fakeServer({
    "GET /api/images": asked,
    "POST /api/feedback": async () => {
      await saving.opened;
      return { image_id: 2, feedback: 1 };
    },
  });
  const { cache, user } = show(<Variations />);
  await user.click(await like());
  await act(() => cache.invalidateQueries({ queryKey: ["images"] }));
  await saving.open();
  await expect.poll(async () => (await like()).getAttribute("aria-pressed")).toBe("true");
});

it("is taken back when it can't be saved", async () => {
  fakeServer({ "GET /api/images": asked, "POST /api/feedback": problem(503, "Busy.") });
  const { user } = show(<Variations />);
  await user.click(await like());
  expect(await screen.findByText("The rating wasn't saved")).toBeVisible();
  expect(await like()).toHaveAttribute("aria-pressed", "false");
});

function Trashed() {
  const { data } = useVariationsOf(1);
  const { mutate } = useSetDeleted();
  const image = data?.items[0];
  return image ? (
    <button type="button" onClick={() => mutate({ ids: [image.id], deleted: false })}>
      {image.deleted_at === null ? "in the gallery" : "in the trash"}
    </button>
  ) : null;
}

function Titled() {
  const { data } = useVariationsOf(1);
  const { mutate } = useChangeImage();
  const image = data?.items[0];
  return image ? (
    <button type="button" onClick={() => mutate({ id: image.id, title: "Ships" })}>
      {`${image.title} ${image.tags} ${image.feedback}`}
    </button>
  ) : null;
}

it("keeps a title that an older list doesn't know, and touches nothing else", async () => {
  const late = gate();
  let reads = 0;
  const before = imageOf(2, { title: "Boats", tags: ["sea"], feedback: 1 });
  fakeServer({
    "GET /api/images": async () => {
      reads += 1;
      if (reads > 1) await late.opened;
      return { items: [before], next_cursor: null, total: 1 };
    },
    "PATCH /api/images/2": { ...before, title: "Ships", feedback: 0 },
  });
  const { cache, user } = show(<Titled />);
  const button = await screen.findByRole("button");
  void cache.invalidateQueries({ queryKey: ["images"] });
  await user.click(button);
  await expect.poll(() => button.textContent).toBe("Ships sea 1");
  await late.open();
  await expect.poll(() => cache.isFetching()).toBe(0);
  expect(button).toHaveTextContent("Ships sea 1");
});

it("doesn't put back into the trash what an older list still has there", async () => {
  const late = gate();
  let reads = 0;
  const trashed = { items: [imageOf(2, { deleted_at: "2026-11-24T12:00:00Z" })] };
  const restored = { items: [imageOf(2, { deleted_at: null })] };
  fakeServer({
    "GET /api/images": async () => {
      reads += 1;
      if (reads > 2) return restored;
      if (reads > 1) await late.opened;
      return { ...trashed, next_cursor: null, total: 1 };
    },
    "PATCH /api/images": { changed: 1 },
  });
  const { cache, user } = show(<Trashed />);
  const button = await screen.findByRole("button");
  // One that the change doesn't ask for anew, as the gallery's pages.
  const list = cache.fetchQuery({
    queryKey: ["gallery", "trash"],
    queryFn: async () => {
      await late.opened;
      return trashed;
    },
  });
  await user.click(button);
  await expect.poll(() => button.textContent).toBe("in the gallery");
  await late.open();
  await list;
  await expect
    .poll(() => cache.getQueryData<typeof trashed>(["gallery", "trash"])?.items[0]?.deleted_at)
    .toBeNull();
  expect(button).toHaveTextContent("in the gallery");
});

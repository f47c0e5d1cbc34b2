import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { givePageASize } from "@/testing/browser";
import { fakeGallery, imageOf } from "@/testing/fakeGallery";
import { show } from "@/testing/render";
import { rememberViewed } from "@/utils/lastViewed";
import { Gallery } from "./Gallery";

const many = (count: number) => Array.from({ length: count }, (_, i) => imageOf(i + 1));

function open(at = "/gallery") {
  return show(
    <Routes>
      <Route path="/gallery" element={<Gallery />} />
      <Route path="*" element={<p>One picture</p>} />
    </Routes>,
    at,
  );
}

const link = (id: number) => screen.getByRole("link", { name: `picture number ${id}` });

beforeEach(() => {
  givePageASize();
  rememberViewed(0);
});

describe("the wall", () => {
  it("holds few cells however many pictures there are", async () => {
    fakeGallery(many(5000));
    open();
    expect(await screen.findAllByText("5,000 pictures")).not.toEqual([]);
    await screen.findByRole("link", { name: "picture number 5000" });
    expect(screen.getAllByRole("gridcell").length).toBeLessThan(80);
    expect(screen.getAllByRole("gridcell").length).toBeGreaterThan(8);
  });

  it("is one stop for Tab, and arrows walk through it", async () => {
    fakeGallery(many(30));
    const { user } = open();
    const first = await screen.findByRole("link", { name: "picture number 30" });
    expect(first).toHaveAttribute("tabindex", "0");
    first.focus();
    await user.keyboard("{ArrowRight}");
    expect(link(29)).toHaveFocus();
    expect(first).toHaveAttribute("tabindex", "-1");
    await user.keyboard("{ArrowRight}{ArrowLeft}{ArrowLeft}");
    expect(first).toHaveFocus();
  });

  it("opens a picture with the gallery's filters in its address", async () => {
    fakeGallery(many(30));
    const { user, router } = open("/gallery?q=picture&sort=newest");
    const first = await screen.findByRole("link", { name: "picture number 30" });
    first.focus();
    await user.keyboard("{Enter}");
    expect(await screen.findByText("One picture")).toBeInTheDocument();
    expect(router.state.location.pathname).toBe("/images/30");
    expect(router.state.location.search).toBe("?q=picture");
  });

  it("rates the focused picture with one key", async () => {
    const gallery = fakeGallery(many(10));
    const { user } = open();
    (await screen.findByRole("link", { name: "picture number 10" })).focus();
    await user.keyboard("{ArrowRight}-");
    await waitFor(() => expect(gallery.images.get(9)?.feedback).toBe(-1));
    await user.keyboard("{ArrowLeft}1");
    await waitFor(() => expect(gallery.images.get(10)?.feedback).toBe(1));
    await user.keyboard("0");
    await waitFor(() => expect(gallery.images.get(10)?.feedback).toBe(0));
  });

  it("takes a rating back, with a message, when the server refuses it", async () => {
    const gallery = fakeGallery(many(10));
    const { user } = open();
    (await screen.findByRole("link", { name: "picture number 10" })).focus();
    gallery.broken = { status: 400, detail: "The disk is full." };
    await user.keyboard("1");
    expect(await screen.findByText("The disk is full.")).toBeInTheDocument();
    expect(screen.queryByRole("img", { name: "Liked" })).not.toBeInTheDocument();
  });
});

describe("the trash", () => {
  it("takes the focused picture with Delete, moves on, and gives it back", async () => {
    const gallery = fakeGallery(many(10));
    const { user } = open();
    (await screen.findByRole("link", { name: "picture number 10" })).focus();
    await user.keyboard("{Delete}");
    await waitFor(() => expect(link(9)).toHaveFocus());
    expect(screen.queryByRole("link", { name: "picture number 10" })).not.toBeInTheDocument();
    await waitFor(() => expect(gallery.images.get(10)?.deleted_at).not.toBeNull());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("link", { name: "picture number 10" })).toBeInTheDocument();
    await waitFor(() => expect(gallery.images.get(10)?.deleted_at).toBeNull());
  });

  it("deletes for ever only after asking", async () => {
    const gone = { deleted_at: "2026-11-02T12:00:00Z" };
    const gallery = fakeGallery([imageOf(1, gone), imageOf(2, gone), imageOf(3)]);
    const { user } = open("/gallery?deleted=true");
    expect(await screen.findByRole("heading", { name: "Trash" })).toBeInTheDocument();
    (await screen.findByRole("link", { name: "picture number 2" })).focus();
    await user.keyboard("{Delete}");
    const dialog = await screen.findByRole("alertdialog");
    expect(gallery.images.size).toBe(3);
    await user.click(within(dialog).getByRole("button", { name: "Delete for ever" }));
    await waitFor(() => expect([...gallery.images.keys()]).toEqual([1, 3]));
    const call = gallery.calls.find(({ call }) => call.startsWith("DELETE"));
    expect(call?.call).toBe("DELETE /api/images/2?permanent=true");
  });
});

describe("a selection", () => {
  it("grows with Space, Shift and Ctrl+A, and ends with Escape", async () => {
    fakeGallery(many(10));
    const { user } = open();
    (await screen.findByRole("link", { name: "picture number 10" })).focus();
    await user.keyboard(" ");
    expect(await screen.findByText("1 selected")).toBeInTheDocument();
    await user.keyboard("{Shift>}{ArrowRight}{ArrowRight}{/Shift}");
    expect(await screen.findByText("3 selected")).toBeInTheDocument();
    await user.keyboard("{Control>}a{/Control}");
    expect(await screen.findByText("10 selected")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("toolbar")).not.toBeInTheDocument();
  });

  it("is trashed in one call and rated as a whole", async () => {
    const gallery = fakeGallery(many(6));
    const { user } = open();
    (await screen.findByRole("link", { name: "picture number 6" })).focus();
    await user.keyboard(" {Shift>}{ArrowRight}{/Shift}");
    const bar = await screen.findByRole("toolbar", { name: "Selected pictures" });
    await user.click(within(bar).getByRole("button", { name: "Like" }));
    await waitFor(() => expect(gallery.images.get(5)?.feedback).toBe(1));
    expect(gallery.images.get(6)?.feedback).toBe(1);
    expect(gallery.images.get(4)?.feedback).toBe(0);
    await user.click(within(bar).getByRole("button", { name: "Move to trash" }));
    await waitFor(() => expect(gallery.images.get(6)?.deleted_at).not.toBeNull());
    const patches = gallery.calls.filter(({ call }) => call === "PATCH /api/images");
    expect(patches).toEqual([{ call: "PATCH /api/images", body: { ids: [6, 5], deleted: true } }]);
  });
});

describe("learning a style", () => {
  it("takes five pictures, sends the words, and leads to the training", async () => {
    const gallery = fakeGallery(many(10));
    const { user, router } = open();
    (await screen.findByRole("link", { name: "picture number 10" })).focus();
    await user.keyboard(" {Shift>}{ArrowRight}{ArrowRight}{/Shift}");
    await user.click(await screen.findByRole("button", { name: "Learn their style" }));
    const few = await screen.findByRole("dialog", { name: "Learn a style from 3 pictures" });
    expect(within(few).getByText("Select 2 more pictures: it takes at least 5.")).toBeVisible();
    expect(within(few).getByRole("button", { name: "Start training" })).toBeDisabled();
    await user.click(within(few).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());

    await user.keyboard("{Control>}a{/Control}");
    await user.click(await screen.findByRole("button", { name: "Learn their style" }));
    const dialog = await screen.findByRole("dialog", { name: "Learn a style from 10 pictures" });
    await user.type(within(dialog).getByLabelText("Words to call for it"), " in my crayon style ");
    gallery.broken = { status: 409, detail: "Another training is running." };
    await user.click(within(dialog).getByRole("button", { name: "Start training" }));
    expect(await within(dialog).findByText("Another training is running.")).toBeVisible();
    gallery.broken = null;
    await user.click(within(dialog).getByRole("button", { name: "Start training" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/retrain"));
    const posts = gallery.calls.filter(({ call }) => call === "POST /api/retrain");
    expect(posts.at(-1)?.body).toEqual({
      source: "pictures",
      image_ids: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      style: "in my crayon style",
    });
  });
});

describe("what the gallery shows", () => {
  it("is held by the address, and a chip takes it off", async () => {
    const liked = imageOf(2, { feedback: 1 });
    const gallery = fakeGallery([imageOf(1), liked, imageOf(3)]);
    const { user, router } = open("/gallery?feedback=1&seed=1002");
    expect(await screen.findByRole("link", { name: "picture number 2" })).toBeInTheDocument();
    expect(screen.getAllByRole("gridcell")).toHaveLength(1);
    expect(gallery.calls.map(({ call }) => call)).toContain(
      "GET /api/images?feedback=1&seed=1002&limit=100&include=total",
    );
    await user.click(screen.getByRole("button", { name: "Remove the filter rating" }));
    expect(router.state.location.search).toBe("?seed=1002");
    expect(await screen.findByRole("link", { name: "picture number 3" })).toBeInTheDocument();
  });

  it("says why it is empty and what to do", async () => {
    fakeGallery([]);
    const first = open();
    expect(await screen.findByRole("link", { name: "Make the first picture" })).toHaveAttribute(
      "href",
      "/",
    );
    first.unmount();
    const { user, router } = open("/gallery?q=unicorn");
    expect(await screen.findByText("Nothing matches")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Clear search and filters" }));
    expect(router.state.location.search).toBe("");
  });

  it("explains a failure and tries again when asked", async () => {
    const gallery = fakeGallery(many(3));
    gallery.broken = { status: 422, detail: "The seed is too large. Choose a smaller one." };
    const { user } = open();
    expect(await screen.findByText(/The seed is too large/)).toBeInTheDocument();
    gallery.broken = null;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("link", { name: "picture number 3" })).toBeInTheDocument();
  });

  it("puts a new picture on top as soon as it is known", async () => {
    const gallery = fakeGallery(many(3));
    const { cache } = open();
    await screen.findByRole("link", { name: "picture number 3" });
    gallery.images.set(4, imageOf(4));
    await cache.invalidateQueries({ queryKey: ["images"] });
    expect(await screen.findByRole("link", { name: "picture number 4" })).toBeInTheDocument();
    expect(await screen.findAllByText("4 pictures")).not.toEqual([]);
  });

  it("waits with new pictures while somebody works in the wall", async () => {
    const gallery = fakeGallery(many(3));
    const { cache, user } = open();
    (await screen.findByRole("link", { name: "picture number 3" })).focus();
    gallery.images.set(4, imageOf(4));
    await cache.invalidateQueries({ queryKey: ["images"] });
    const button = await screen.findByRole("button", { name: "1 new picture" });
    expect(screen.queryByRole("link", { name: "picture number 4" })).not.toBeInTheDocument();
    await user.click(button);
    expect(await screen.findByRole("link", { name: "picture number 4" })).toBeInTheDocument();
  });
});

it("shows the waiting state while nobody answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  open();
  expect(await screen.findByText("Waiting for the studio")).toBeInTheDocument();
});

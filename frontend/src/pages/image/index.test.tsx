import { fireEvent, screen, waitFor } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, it } from "vitest";
import { givePageASize } from "@/testing/browser";
import { fakeGallery, imageOf } from "@/testing/fakeGallery";
import { show } from "@/testing/render";
import { ImagePage } from ".";

const three = () => [imageOf(1), imageOf(2), imageOf(3)];

function open(at: string) {
  return show(
    <Routes>
      <Route path="/images/:id" element={<ImagePage />} />
      <Route path="/gallery" element={<p>The gallery</p>} />
    </Routes>,
    at,
  );
}

const heading = (id: number) =>
  screen.findByRole("heading", { level: 1, name: `picture number ${id}` });

async function waitForWay() {
  await screen.findAllByRole("link", { name: /(Next|Previous) picture/ });
}

beforeEach(() => {
  givePageASize();
  document.body.focus();
});

describe("walking", () => {
  it("goes to the neighbours under the gallery's filters with the arrows", async () => {
    const gallery = fakeGallery(three());
    const { user, router } = open("/images/2?q=picture");
    await heading(2);
    await waitForWay();
    await user.keyboard("{ArrowRight}");
    await heading(1);
    expect(router.state.location.search).toBe("?q=picture");
    expect(gallery.calls.map(({ call }) => call)).toContain(
      "GET /api/images/2/neighbours?q=picture",
    );
    await waitForWay();
    await user.keyboard("{ArrowLeft}");
    await heading(2);
  });

  it("goes by swiping", async () => {
    fakeGallery(three());
    open("/images/2");
    await heading(2);
    await waitForWay();
    const picture = screen.getByRole("img", { name: "picture number 2" });
    fireEvent.touchStart(picture, { touches: [{ clientX: 300, clientY: 200 }] });
    fireEvent.touchEnd(picture, { changedTouches: [{ clientX: 120, clientY: 210 }] });
    await heading(1);
  });

  it("returns to the gallery as it was filtered with Escape", async () => {
    fakeGallery(three());
    const { user, router } = open("/images/2?feedback=0");
    await heading(2);
    await user.keyboard("{Escape}");
    expect(await screen.findByText("The gallery")).toBeInTheDocument();
    expect(router.state.location.search).toBe("?feedback=0");
  });
});

describe("what one does with a picture", () => {
  it("rates it with one key, but not while typing", async () => {
    const gallery = fakeGallery(three());
    const { user } = open("/images/2");
    await heading(2);
    await user.keyboard("1");
    await waitFor(() => expect(gallery.images.get(2)?.feedback).toBe(1));
    expect(screen.getAllByRole("button", { name: "Like" })[0]).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await user.type(screen.getByRole("textbox", { name: "Prompt" }), "0-");
    expect(gallery.images.get(2)?.feedback).toBe(1);
  });

  it("throws it away with Delete, moves on, and brings it back", async () => {
    const gallery = fakeGallery(three());
    const { user } = open("/images/2");
    await heading(2);
    await waitForWay();
    await user.keyboard("{Delete}");
    await heading(1);
    await waitFor(() => expect(gallery.images.get(2)?.deleted_at).not.toBeNull());
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(gallery.images.get(2)?.deleted_at).toBeNull());
  });

  it("gives it a title and tags", async () => {
    const gallery = fakeGallery(three());
    const { user } = open("/images/2");
    await heading(2);
    await user.click(screen.getByRole("button", { name: "Give it a title" }));
    await user.keyboard("Apple one{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Apple one" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Edit the title" })).toHaveFocus();
    await user.type(screen.getByRole("textbox", { name: "Tags" }), "fruit{Enter}");
    await waitFor(() => expect(gallery.images.get(2)?.tags).toEqual(["fruit"]));
  });

  it("copies one parameter, and all of them", async () => {
    fakeGallery(three());
    const { user } = open("/images/2");
    await heading(2);
    await user.click(screen.getByRole("button", { name: "Copy seed" }));
    expect(await navigator.clipboard.readText()).toBe("1002");
    await user.click(screen.getByRole("button", { name: "Copy all" }));
    expect(await navigator.clipboard.readText()).toContain("Steps: 20, Sampler: DPM++ 2M");
    expect(await screen.findByText("All parameters copied")).toBeInTheDocument();
  });

  it("says whose look it took over", async () => {
    const { params } = imageOf(2);
    const took = (image_id: number | null) => ({
      params: { ...params, style_reference: { image: "sha256:1", image_id, strength: 0.7 } },
    });
    fakeGallery([imageOf(1, took(null)), imageOf(2, took(1)), imageOf(3)]);
    const { user } = open("/images/2");
    await heading(2);
    expect(screen.getByText(/^Look of/)).toHaveTextContent("Look of picture 1 · 70 %");
    await user.click(screen.getByRole("link", { name: "picture 1" }));
    await heading(1);
    expect(screen.getByText(/^Look of/)).toHaveTextContent("Look of a given picture · 70 %");
  });

  it("starts variations of it and shows that they are on the way", async () => {
    const gallery = fakeGallery(three());
    const { user } = open("/images/2");
    await heading(2);
    await user.selectOptions(screen.getByRole("combobox", { name: "How many" }), "2");
    await user.type(screen.getByRole("textbox", { name: "Prompt" }), "in winter");
    await user.click(screen.getByRole("button", { name: "Make variations" }));
    expect(await screen.findByRole("progressbar")).toBeInTheDocument();
    expect(gallery.calls.find(({ call }) => call.startsWith("POST"))).toEqual({
      call: "POST /api/variations",
      body: { image_id: 2, strength: 0.5, num_variations: 2, prompt: "in winter" },
    });
  });
});

describe("its family", () => {
  it("links the parent and the variations", async () => {
    fakeGallery([imageOf(1), imageOf(2, { parent_id: 1 }), imageOf(3, { parent_id: 2 })]);
    open("/images/2");
    await heading(2);
    expect(await screen.findByRole("heading", { name: "1 variation" })).toBeInTheDocument();
    const links = screen.getAllByRole("link").map((link) => link.getAttribute("href"));
    expect(links).toContain("/images/3");
    expect(links).toContain("/images/1");
  });
});

describe("special pictures", () => {
  it("that don't exist say so", async () => {
    fakeGallery(three());
    open("/images/99");
    expect(await screen.findByText("There is no such picture")).toBeInTheDocument();
  });

  it("whose address is no number say so without asking", async () => {
    const gallery = fakeGallery(three());
    open("/images/apple");
    expect(await screen.findByText("There is no such picture")).toBeInTheDocument();
    expect(gallery.calls).toEqual([]);
  });

  it("that are blurred give the reason", async () => {
    fakeGallery([imageOf(1, { flagged: "The checker didn't like it." })]);
    open("/images/1");
    expect(await screen.findByText("The checker didn't like it.")).toBeInTheDocument();
  });

  it("that are in the trash can be restored, and deleted for ever after asking", async () => {
    const gallery = fakeGallery([imageOf(1, { deleted_at: "2026-11-02T12:00:00Z" })]);
    const { user } = open("/images/1?deleted=true");
    expect(await screen.findByText(/In the trash since/)).toBeInTheDocument();
    await user.keyboard("{Delete}");
    const dialog = await screen.findByRole("alertdialog");
    expect(gallery.images.size).toBe(1);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(dialog).not.toBeInTheDocument());
    await user.click(screen.getByRole("button", { name: "Restore" }));
    await waitFor(() => expect(gallery.images.get(1)?.deleted_at).toBeNull());
  });
});

it("doesn't take a failing server for a missing picture", async () => {
  const gallery = fakeGallery(three());
  gallery.broken = { status: 409, detail: "The database is being upgraded. Try again soon." };
  open("/images/2");
  expect(await screen.findByText(/The database is being upgraded/)).toBeInTheDocument();
});

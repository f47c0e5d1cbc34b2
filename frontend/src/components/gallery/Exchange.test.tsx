import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { ImportedFile } from "@/api/exchange";
import { givePageASize } from "@/testing/browser";
import { fakeGallery, imageOf } from "@/testing/fakeGallery";
import { show } from "@/testing/render";
import { Gallery } from "./Gallery";

const picture = (name: string) => new File(["x"], name, { type: "image/png" });

function became(file_name: string, change: Partial<ImportedFile> = {}): ImportedFile {
  return { file_name, status: "imported", image_id: 1, program: null, detail: null, ...change };
}

beforeEach(() => givePageASize());

test("pictures are imported some at a time, with their lines, and each tells what became of it", async () => {
  const gallery = fakeGallery([imageOf(1)]);
  const batches = [
    [...Array(8).keys()].map((n) => became(`${n}.png`)),
    [
      became("8.png", { status: "duplicate", detail: "It is there already." }),
      became("9.png", { status: "failed", image_id: null, detail: "It is damaged." }),
    ],
  ];
  gallery.imported = () => batches.shift() ?? [];
  const append = vi.spyOn(FormData.prototype, "append");
  const { user } = show(<Gallery />, "/gallery");
  const line = '{"file_name": "3.png", "feedback": 1}';
  const files = [...Array(10).keys()].map((n) => picture(`${n}.png`));
  const metadata = new File([line], "metadata.jsonl");
  metadata.text = async () => line;
  await user.upload(screen.getByLabelText("Pictures to import"), [...files, metadata]);
  const dialog = await screen.findByRole("dialog");
  expect(
    await within(dialog).findByText("8 pictures imported, 1 there already, 1 not taken."),
  ).toBeVisible();
  expect(within(dialog).getByText("It is damaged.")).toBeVisible();
  expect(gallery.calls.filter(({ call }) => call === "POST /api/images/import")).toHaveLength(2);
  const sent = append.mock.calls.filter(([name]) => name === "metadata");
  expect(sent).toEqual([["metadata", line]]);
  await user.click(within(dialog).getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  append.mockRestore();
});

test("when the studio doesn't answer, every file is named with the reason", async () => {
  const gallery = fakeGallery([imageOf(1)]);
  const { user } = show(<Gallery />, "/gallery");
  await screen.findByRole("link", { name: "picture number 1" });
  gallery.broken = { status: 507, detail: "The disk is full." };
  await user.upload(screen.getByLabelText("Pictures to import"), [picture("a.png")]);
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("The disk is full.")).toBeVisible();
  expect(within(dialog).getByText("0 pictures imported, 1 not taken.")).toBeVisible();
});

test("the export is of what is shown", async () => {
  fakeGallery([imageOf(1, { feedback: 1 }), imageOf(2)]);
  const { user } = show(<Gallery />, "/gallery?q=picture&feedback=1");
  await screen.findAllByText("1 picture");
  await user.click(screen.getByRole("button", { name: "Import and export" }));
  const item = await screen.findByRole("menuitem", { name: /Export what is shown/ });
  expect(item).toHaveAttribute("href", "/api/images/export?q=picture&feedback=1");
  expect(item).toHaveTextContent("1 picture");
});

test("a selection is sent as a form, so that the browser saves the answer", async () => {
  fakeGallery([imageOf(1), imageOf(2), imageOf(3)]);
  const sent: FormData[] = [];
  const submit = vi
    .spyOn(HTMLFormElement.prototype, "submit")
    .mockImplementation(function submitted(this: HTMLFormElement) {
      expect(this.getAttribute("action")).toBe("/api/images/export");
      expect(this.method).toBe("post");
      sent.push(new FormData(this));
    });
  const { user } = show(<Gallery />, "/gallery");
  (await screen.findByRole("link", { name: "picture number 3" })).focus();
  await user.keyboard(" {Shift>}{ArrowRight}{/Shift}");
  await user.click(await screen.findByRole("button", { name: "Export as a zip" }));
  expect(sent.map((form) => form.get("ids"))).toEqual(["3,2"]);
  expect(
    await screen.findByText("Exporting 2 pictures with prompts and ratings"),
  ).toBeInTheDocument();
  submit.mockRestore();
});

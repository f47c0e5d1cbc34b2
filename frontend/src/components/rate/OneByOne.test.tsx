import { fireEvent, screen, waitFor } from "@testing-library/react";
import { connection } from "@/api/connection";
import type { Image } from "@/api/types";
import { imageOf } from "@/testing/fakeGallery";
import { show } from "@/testing/render";
import { sampleTaste } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { OneByOne } from "./OneByOne";

beforeEach(() => connection.set("online"));

const three = [imageOf(3), imageOf(2), imageOf(1)];

function studio(images: Image[], more: Record<string, unknown> = {}) {
  const calls = fakeServer({
    "GET /api/images": { items: images, next_cursor: null, total: images.length },
    "GET /api/images/counts": {},
    "GET /api/feedback/summary": sampleTaste({ unrated: images.length }),
    "POST /api/feedback": (body: { image_id: number; feedback: 1 }) =>
      imageOf(body.image_id, { feedback: body.feedback }),
    ...more,
  });
  const sent = () =>
    calls.filter(({ route }) => route === "POST /api/feedback").map(({ body }) => body);
  return { ...show(<OneByOne />, "/rate"), sent };
}

const showing = (number: number) => screen.findByRole("img", { name: `picture number ${number}` });

test("keys walk through the unrated pictures, and -1 is one dislike", async () => {
  const { user, sent } = studio(three);
  await showing(3);
  expect(screen.getByText("3 left")).toBeVisible();
  await user.keyboard("1");
  await showing(2);
  await user.keyboard("-1");
  await showing(1);
  await user.keyboard("0");
  expect(await screen.findByRole("heading", { name: "That was the last one" })).toBeVisible();
  await waitFor(() =>
    expect(sent()).toEqual([
      { image_id: 3, feedback: 1 },
      { image_id: 2, feedback: -1 },
    ]),
  );
});

test("arrows rate, up skips, and each step can be taken back", async () => {
  const { user, sent } = studio(three);
  await showing(3);
  await user.keyboard("{ArrowUp}");
  await showing(2);
  await user.keyboard("{ArrowLeft}");
  await showing(1);
  await user.keyboard("{Control>}z{/Control}");
  await showing(2);
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await showing(3);
  expect(screen.getByRole("button", { name: "Undo" })).toBeDisabled();
  await waitFor(() =>
    expect(sent()).toEqual([
      { image_id: 2, feedback: -1 },
      { image_id: 2, feedback: 0 },
    ]),
  );
});

test("buttons do the same, and what was done is said", async () => {
  const { user } = studio(three);
  await showing(3);
  await user.click(screen.getByRole("button", { name: "Like" }));
  await showing(2);
  expect(screen.getByText("Liked. Next: picture number 2")).toBeInTheDocument();
});

test("a picture thrown to the left is disliked, one let go in the middle stays", async () => {
  const { sent } = studio(three);
  const drag = (picture: HTMLElement, to: number) => {
    const pointer = { pointerId: 1, isPrimary: true, button: 0, clientY: 100 };
    fireEvent.pointerDown(picture, { ...pointer, clientX: 200 });
    fireEvent.pointerMove(picture, { ...pointer, clientX: to });
    fireEvent.pointerUp(picture, { ...pointer, clientX: to });
  };
  drag(await showing(3), 170);
  drag(await showing(3), 60);
  await showing(2);
  await waitFor(() => expect(sent()).toEqual([{ image_id: 3, feedback: -1 }]));
});

test("a rating that isn't saved brings the picture back, with the reason", async () => {
  const { user } = studio(three, {
    "POST /api/feedback": () => problem(503, "The database is busy. Try again."),
  });
  await showing(3);
  await user.keyboard("1");
  expect(await screen.findByText("The database is busy. Try again.")).toBeInTheDocument();
  await showing(3);
});

test("skipped pictures can be looked at again at the end", async () => {
  const { user } = studio([imageOf(1)]);
  await showing(1);
  await user.keyboard("s");
  await user.click(await screen.findByRole("button", { name: "Look at the skipped again" }));
  await showing(1);
});

test("when all is rated it says what to do now", async () => {
  studio([]);
  expect(await screen.findByRole("heading", { name: "Every picture is rated" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Generate more" })).toHaveAttribute("href", "/");
  expect(screen.getByRole("link", { name: "Retrain" })).toHaveAttribute("href", "/retrain");
});

test("an empty studio invites to make the first picture", async () => {
  studio([], {
    "GET /api/feedback/summary": sampleTaste({
      liked: 0,
      disliked: 0,
      unrated: 0,
      level: "too_few",
      needed: 10,
    }),
  });
  expect(await screen.findByRole("heading", { name: "No pictures yet" })).toBeVisible();
});

test("a list that can't be had says so", async () => {
  studio([], { "GET /api/images": () => problem(400, "Ask again later.") });
  expect(await screen.findByText("Ask again later.")).toBeVisible();
});

test("while nobody answers it waits, and says so", async () => {
  connection.set("offline");
  studio([], { "GET /api/images": () => new Promise(() => {}) });
  expect(await screen.findByRole("heading", { name: "Waiting for the studio" })).toBeVisible();
});

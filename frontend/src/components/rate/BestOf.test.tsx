import { screen, waitFor } from "@testing-library/react";
import { imageOf } from "@/testing/fakeGallery";
import { show } from "@/testing/render";
import { sampleTaste } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { BestOf } from "./BestOf";

const sets = [
  { prompt: "a cat", images: [imageOf(1), imageOf(2), imageOf(3)], remaining: 2 },
  { prompt: "a dog", images: [imageOf(4), imageOf(5)], remaining: 1 },
];
const nothing = { prompt: null, images: [], remaining: 0 };

function studio(more: Record<string, unknown> = {}) {
  const calls = fakeServer({
    "GET /api/preferences/next": (_body: unknown, request: Request) => {
      const seen = new URL(request.url).searchParams.get("exclude")?.split(",") ?? [];
      return sets.find(({ images }) => !seen.includes(String(images[0]?.id))) ?? nothing;
    },
    "GET /api/feedback/summary": sampleTaste(),
    "POST /api/preferences": (body: { preferred_id: number; rejected_ids: number[] }) => ({
      choice: `choice-of-${body.preferred_id}`,
      pairs: body.rejected_ids.length,
      preferred: imageOf(body.preferred_id),
    }),
    "DELETE /api/preferences/choice-of-2": { choice: "choice-of-2", pairs: 2 },
    ...more,
  });
  const changes = () =>
    calls.filter(({ route }) => !route.startsWith("GET")).map(({ route, body }) => [route, body]);
  return { ...show(<BestOf />, "/rate/best"), changes };
}

const asked = (prompt: string) =>
  screen.findByRole("group", { name: `Which is the best of “${prompt}”?` });

test("a key picks the best, and the next set comes", async () => {
  const { user, changes } = studio();
  await asked("a cat");
  expect(screen.getByText("2 left")).toBeVisible();
  await user.keyboard("4");
  await user.keyboard("2");
  await asked("a dog");
  await user.click(screen.getByRole("button", { name: "Number 1 of 2 is the best" }));
  expect(await screen.findByRole("heading", { name: "That was the last set" })).toBeVisible();
  await waitFor(() =>
    expect(changes()).toEqual([
      ["POST /api/preferences", { preferred_id: 2, rejected_ids: [1, 3] }],
      ["POST /api/preferences", { preferred_id: 4, rejected_ids: [5] }],
    ]),
  );
});

test("a choice can be taken back, and the set is shown again", async () => {
  const { user, changes } = studio();
  await asked("a cat");
  await user.keyboard("2");
  await asked("a dog");
  await user.keyboard("{Control>}z{/Control}");
  await asked("a cat");
  await waitFor(() =>
    expect(changes().map(([route]) => route)).toEqual([
      "POST /api/preferences",
      "DELETE /api/preferences/choice-of-2",
    ]),
  );
});

test("skipping records nothing; skipped sets can be looked at again", async () => {
  const { user, changes } = studio();
  await asked("a cat");
  await user.keyboard("s");
  await asked("a dog");
  await user.click(screen.getByRole("button", { name: "None stands out" }));
  await user.click(await screen.findByRole("button", { name: "Start over" }));
  await asked("a cat");
  expect(changes()).toEqual([]);
});

test("a choice that isn't saved says so, and undoing it asks nothing of the server", async () => {
  const { user, changes } = studio({
    "POST /api/preferences": () => problem(404, "There is no picture 2."),
  });
  await asked("a cat");
  await user.keyboard("2");
  expect(await screen.findByText("There is no picture 2.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await asked("a cat");
  expect(changes()).toHaveLength(1);
});

test("nothing to compare says what it takes", async () => {
  studio({ "GET /api/preferences/next": nothing });
  expect(await screen.findByRole("heading", { name: "Nothing to compare" })).toBeVisible();
});

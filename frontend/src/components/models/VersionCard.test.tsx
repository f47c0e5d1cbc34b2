import { screen, waitFor, within } from "@testing-library/react";
import { show } from "@/testing/render";
import { sampleModel, sampleVersion } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { ImportDialog } from "./ImportDialog";
import { ModelTree } from "./ModelTree";

const starter = sampleModel();
const version = sampleVersion();
const list = (models = [starter, version]) => ({
  "GET /api/models": { items: models, active: models.find(({ active }) => active)?.name ?? null },
});
const card = () => screen.getByRole("article", { name: "Starter, taste 1" });

test("a version tells where it comes from, how good it is, and what it drew", () => {
  show(<ModelTree models={[starter, version]} />);
  expect(card()).toHaveTextContent("LoRA · 120 steps · 30 pictures · from Starter");
  expect(card()).toHaveTextContent("0.2000 → 0.1850");
  expect(card()).toHaveTextContent("71 % (60 % to 82 %), on 10 pictures");
  expect(within(card()).getByText("Better than before")).toBeVisible();
  const drawn = within(card()).getByRole("link", { name: "drew 3 pictures" });
  expect(drawn).toHaveAttribute("href", "/gallery?model=starter-taste-1");
});

test("what the owner likes of it stands beside what they like of its parent", () => {
  const before = sampleModel({ liked: 71, disliked: 29 });
  show(<ModelTree models={[before, sampleVersion({ liked: 42, disliked: 8 })]} />);
  expect(card()).toHaveTextContent("What you like of it71 % of 100 → 84 % of 50");
});

test("an unrated parent is left out of that", () => {
  show(<ModelTree models={[starter, sampleVersion({ liked: 1 })]} />);
  expect(card()).toHaveTextContent("What you like of it100 % of 1");
});

test("of a version without ratings nothing is claimed", () => {
  show(<ModelTree models={[sampleModel({ liked: 3 }), version]} />);
  expect(card()).not.toHaveTextContent("What you like of it");
});

test("one that is not better says so", () => {
  const metrics = {
    better_than_parent: false,
    parent_validation_loss: 0.2,
    validation_loss: 0.21,
    rating_auc: null,
  };
  show(<ModelTree models={[starter, sampleVersion({}, { metrics })]} />);
  expect(within(card()).getByText("Not better than before")).toBeVisible();
});

test("the samples are shown on demand, before beside after", async () => {
  const { user } = show(<ModelTree models={[starter, version]} />);
  await user.click(within(card()).getByText("Before and after, all settings"));
  const before = await within(card()).findByRole("img", { name: "Samples of the parent" });
  expect(before).toHaveAttribute("src", "/api/models/starter-taste-1/grids/before");
  await user.click(within(card()).getByRole("button", { name: "One over the other" }));
  expect(
    within(card()).getByRole("slider", { name: "How much of “Before: Starter” is shown" }),
  ).toHaveValue("50");
});

test("a title is changed in place", async () => {
  const calls = fakeServer({ [`PATCH /api/models/${version.name}`]: version, ...list() });
  const { user } = show(<ModelTree models={[starter, version]} />);
  await user.click(within(card()).getByRole("button", { name: "Rename" }));
  const field = screen.getByRole("textbox", { name: "Title" });
  await user.clear(field);
  await user.type(field, "Quiet colours{Enter}");
  await waitFor(() =>
    expect(calls[0]).toMatchObject({
      route: `PATCH /api/models/${version.name}`,
      body: { title: "Quiet colours" },
    }),
  );
});

test("deleting asks first", async () => {
  const calls = fakeServer({ [`DELETE /api/models/${version.name}`]: list()["GET /api/models"] });
  const { user } = show(<ModelTree models={[starter, version]} />);
  await user.click(within(card()).getByRole("button", { name: "Delete" }));
  expect(calls).toHaveLength(0);
  const dialog = await screen.findByRole("alertdialog");
  await user.click(within(dialog).getByRole("button", { name: "Delete for ever" }));
  await waitFor(() => expect(calls[0]?.route).toBe(`DELETE /api/models/${version.name}`));
});

test("what can't be deleted says why, and isn't", async () => {
  const calls = fakeServer({});
  const kept = { active: true, deletable: false, delete_reason: "It draws now." };
  const { user } = show(<ModelTree models={[starter, sampleVersion(kept)]} />);
  const button = within(card()).getByRole("button", { name: "Delete" });
  expect(button).toHaveAccessibleDescription("It draws now.");
  await user.click(button);
  expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument();
  expect(calls).toHaveLength(0);
});

test("the active version can be rolled back to its parent, others be used", async () => {
  const calls = fakeServer({ "POST /api/models/starter/activate": starter, ...list() });
  const active = sampleVersion({ active: true });
  const { user } = show(<ModelTree models={[sampleModel({ active: false }), active]} />);
  await user.click(within(card()).getByRole("button", { name: "Roll back to Starter" }));
  await waitFor(() => expect(calls[0]?.route).toBe("POST /api/models/starter/activate"));
});

test("an import sends the file with its names, and shows what the server objects to", async () => {
  const sent: FormData[] = [];
  const answers = [
    problem(422, "file: it is a pickle.", [{ field: "file", message: "It is a pickle." }]),
    version,
  ];
  fakeServer({ ...list() });
  const { user } = show(<ImportDialog models={[starter]} />);
  const rest = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = input as Request;
    if (request.method !== "POST") return rest(input, init);
    expect(request.headers.get("Content-Type")).toMatch(/^multipart\/form-data; boundary=/);
    sent.push(new FormData());
    const answer = answers.shift();
    return answer instanceof Response ? answer : new Response(JSON.stringify(answer));
  };
  await user.click(screen.getByRole("button", { name: "Import" }));
  const dialog = await screen.findByRole("dialog");
  const send = within(dialog).getByRole("button", { name: "Import" });
  await user.click(send);
  expect(await within(dialog).findByText("Choose a file.")).toBeVisible();
  await user.upload(
    within(dialog).getByLabelText("File"),
    new File(["weights"], "taste.safetensors"),
  );
  await user.click(send);
  expect(await within(dialog).findByText("It is a pickle.")).toBeVisible();
  await user.click(send);
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent).toHaveLength(2);
});

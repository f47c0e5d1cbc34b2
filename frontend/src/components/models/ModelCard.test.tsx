import { screen, waitFor, within } from "@testing-library/react";
import { show } from "@/testing/render";
import { sampleModel } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { BaseModelNotice } from "./BaseModelNotice";
import { ModelCard } from "./ModelCard";

const base = sampleModel({
  name: "stable-diffusion-v1-4",
  title: "Stable Diffusion v1-4",
  kind: "base",
  source: "CompVis/stable-diffusion-v1-4",
  state: "downloading",
  active: false,
  defaults: null,
  notice: "On this computer a picture takes minutes.",
  progress: { downloaded_bytes: 1_450_000_000, total_bytes: 3_440_000_000, eta_seconds: 320 },
});

test("a download shows its share, bytes and time, and can be stopped", async () => {
  const calls = fakeServer({
    [`DELETE /api/models/${base.name}/download`]: base,
    "GET /api/models": { items: [base], active: null },
  });
  const { user } = show(<ModelCard model={base} />);
  expect(screen.getByText("Downloading 42 %")).toBeVisible();
  expect(screen.getByText("1.4 GB of 3.4 GB · 42 % · about 5 min 20 s left")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Stop" }));
  await waitFor(() => expect(calls[0]?.route).toBe(`DELETE /api/models/${base.name}/download`));
});

test("a failure says why and offers another try", () => {
  const error = "The hub can't be reached. Check the connection.";
  show(<ModelCard model={{ ...base, state: "failed", progress: null, error }} />);
  expect(screen.getByRole("alert")).toHaveTextContent(error);
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
});

test("a refused switch says why", async () => {
  const path = `POST /api/models/${base.name}/activate`;
  fakeServer({
    [path]: () => problem(409, "It is still loading. Wait a moment."),
    "GET /api/models": { items: [base], active: null },
  });
  const { user } = show(<ModelCard model={{ ...base, state: "ready", progress: null }} />);
  await user.click(screen.getByRole("button", { name: "Use it" }));
  expect(await screen.findByText("It is still loading. Wait a moment.")).toBeInTheDocument();
});

test("the generator's notice is honest about the starter, and a dismissal lasts until news", async () => {
  fakeServer({ "GET /api/models": { items: [sampleModel(), base], active: "starter" } });
  const { user, cache } = show(<BaseModelNotice />);
  const notice = await screen.findByRole("complementary", { name: "Models" });
  expect(notice).toHaveTextContent("Starter draws now. It draws simple single subjects.");
  expect(notice).toHaveTextContent("On this computer a picture takes minutes.");
  await user.click(within(notice).getByRole("button", { name: "Hide this notice" }));
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  const ready = { ...base, state: "ready" as const, progress: null };
  cache.setQueryData(["models"], { items: [sampleModel(), ready], active: "starter" });
  expect(await screen.findByRole("button", { name: "Use it" })).toBeVisible();
});

test("a card tells a model's kind, and that it samples in its own way", () => {
  show(
    <ModelCard model={sampleModel({ kind: "local", family: "PixArt-alpha", own_sampler: true })} />,
  );
  expect(screen.getByText("PixArt-alpha")).toBeVisible();
  expect(screen.getByText("Its own")).toBeVisible();
});

test("what can't be fetched offers no fetching", () => {
  show(
    <ModelCard
      model={{ ...base, kind: "local", state: "failed", progress: null, error: "Cut." }}
    />,
  );
  expect(screen.getByRole("alert")).toHaveTextContent("Cut.");
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});

test("a refused file says why", () => {
  const error = "old.ckpt is a pickle, which can run any program when it is opened.";
  show(
    <ModelCard
      model={sampleModel({ kind: "local", active: false, state: "refused", error, defaults: null })}
    />,
  );
  expect(screen.getByText("Refused")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent(error);
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});

test("a LoRA file says what it is put on", () => {
  show(<ModelCard model={sampleModel({ kind: "local", base: "stable-diffusion-v1-4" })} />);
  expect(screen.getByText("stable-diffusion-v1-4")).toBeVisible();
});

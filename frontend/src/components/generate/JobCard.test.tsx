import { act, screen, waitFor, within } from "@testing-library/react";
import { forgetLive, reportPreview, reportProgress } from "@/api/live";
import { show } from "@/testing/render";
import { sampleImage, sampleJob, sampleSystem } from "@/testing/samples";
import { fakeServer } from "@/testing/server";
import { JobCard } from "./JobCard";

afterEach(() => forgetLive("job1"));

test("a waiting job says how many are ahead and can be cancelled", async () => {
  const calls = fakeServer({
    "DELETE /api/jobs/job1": sampleJob(),
    "GET /api/jobs": { items: [] },
    "GET /api/system": sampleSystem,
  });
  const { user } = show(<JobCard job={sampleJob({ queue_position: 2 })} onDismiss={() => {}} />);
  expect(screen.getByText("Waiting, 2 requests ahead")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(calls.map(({ route }) => route)).toContain("DELETE /api/jobs/job1"));
});

test("before the model is loaded a waiting job says so", async () => {
  const worker = { ...sampleSystem.worker, ready: false, detail: "Loading starter." };
  fakeServer({ "GET /api/system": { ...sampleSystem, worker } });
  show(<JobCard job={sampleJob()} onDismiss={() => {}} />);
  expect(await screen.findByText("Waiting · Loading starter.")).toBeVisible();
});

test("a running job shows its step, the time left and its newest preview", () => {
  show(<JobCard job={sampleJob({ state: "running" })} onDismiss={() => {}} />);
  act(() => {
    reportProgress("job1", { image_index: 0, step: 5, total_steps: 20, eta_seconds: 7.2 });
    reportPreview("job1", 0, "data:image/png;base64,AA==");
  });
  expect(screen.getByText("Step 5 of 20 · about 8 s left")).toBeVisible();
  expect(screen.getByRole("progressbar", { name: /a red apple/ })).toHaveAttribute(
    "aria-valuenow",
    "25",
  );
  expect(screen.getByAltText("Not finished yet: a red apple")).toHaveAttribute(
    "src",
    "data:image/png;base64,AA==",
  );
});

test("finished pictures of a job that goes on stand before the places of the others", () => {
  const job = sampleJob({ state: "running", images: [sampleImage()] }, { num_images: 3 });
  const { container } = show(<JobCard job={job} onDismiss={() => {}} />);
  const card = within(container).getByRole("group", { name: /a red apple/ });
  expect(within(card).getAllByRole("article")).toHaveLength(1);
  expect(within(card).getByRole("link", { name: /open/i })).toHaveAttribute("href", "/images/1");
  expect(within(card).getByRole("button", { name: "Cancel" })).toBeVisible();
});

test("a failure says why, and trying again sends the same request", async () => {
  const calls = fakeServer({ "POST /api/generate": sampleJob({ id: "job2" }) });
  const job = sampleJob({ state: "failed", error: "Out of memory. Try a smaller size." });
  const { user } = show(<JobCard job={job} onDismiss={() => {}} />);
  expect(screen.getByText("Out of memory. Try a smaller size.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]?.body).toMatchObject({ prompt: "a red apple", seed: 7, width: 256 });
});

test("variations are tried again as variations of the same picture", async () => {
  const calls = fakeServer({ "POST /api/variations": sampleJob({ id: "job2" }) });
  const job = sampleJob(
    { kind: "variations", state: "cancelled" },
    { parent_id: 9, strength: 0.6, num_images: 4 },
  );
  const { user } = show(<JobCard job={job} onDismiss={() => {}} />);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]?.body).toMatchObject({ image_id: 9, strength: 0.6, num_variations: 4 });
});

test("pictures in the trash leave the card", () => {
  const trashed = sampleImage({ deleted_at: "2026-02-01T00:00:00Z" });
  const job = sampleJob({ state: "succeeded", images: [trashed, sampleImage({ id: 2 })] });
  show(<JobCard job={job} onDismiss={() => {}} />);
  expect(screen.getAllByRole("article")).toHaveLength(1);
});

const look = { image: "sha256:1", image_id: 12, strength: 0.7 };

test("a picture's look is named, and taken again by another try", async () => {
  const calls = fakeServer({ "POST /api/generate": sampleJob({ id: "job2" }) });
  const job = sampleJob({ state: "failed", error: "Out of memory." }, { style_reference: look });
  const { user } = show(<JobCard job={job} onDismiss={() => {}} />);
  expect(screen.getByText(/^Look of/)).toHaveTextContent("Look of picture 12 · 70 %");
  expect(screen.getByRole("link", { name: "picture 12" })).toHaveAttribute("href", "/images/12");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]?.body).toMatchObject({ style_reference: { image_id: 12, strength: 0.7 } });
});

test("the look of a file can't be taken again, which filling the form says", async () => {
  fakeServer({});
  const style_reference = { ...look, image_id: null };
  const job = sampleJob({ state: "failed", error: "Out of memory." }, { style_reference });
  const { user } = show(<JobCard job={job} onDismiss={() => {}} />);
  expect(screen.getByText(/^Look of/)).toHaveTextContent("Look of a given picture · 70 %");
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Change the settings" }));
  expect(await screen.findByText(/whose look it took was a file/)).toBeInTheDocument();
});

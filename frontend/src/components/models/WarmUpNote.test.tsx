import { screen, waitFor } from "@testing-library/react";
import type { System } from "@/api/types";
import { show } from "@/testing/render";
import { sampleSystem } from "@/testing/samples";
import { fakeServer } from "@/testing/server";
import { WarmUpNote } from "./WarmUpNote";

const warming = (seconds: number): System => ({
  ...sampleSystem,
  worker: {
    ...sampleSystem.worker,
    warm_up: { model: "starter", stage: "compiling", since: "2026-11-24T12:00:00Z", seconds },
  },
});

test("a model that is being compiled is told quietly, and no more when it is done", async () => {
  fakeServer({ "GET /api/system": warming(40) });
  const { cache } = show(<WarmUpNote />);
  const note = "Getting faster: preparing the model for this machine, ";
  const line = await screen.findByText(`${note}40 s`);
  expect(line).toBeVisible();
  expect(line.closest("[aria-live], [role]")).toBeNull();
  cache.setQueryData(["system"], warming(125));
  expect(await screen.findByText(`${note}2 min 5 s`)).toBeVisible();
  cache.setQueryData(["system"], sampleSystem);
  await waitFor(() => expect(screen.queryByText(/Getting faster/)).not.toBeInTheDocument());
});

test("while it goes on the server is asked again, and the line goes by itself", async () => {
  let asked = 0;
  fakeServer({
    "GET /api/system": () => {
      asked += 1;
      return asked < 2 ? warming(1) : sampleSystem;
    },
  });
  show(<WarmUpNote />);
  expect(await screen.findByText(/Getting faster/)).toBeVisible();
  await waitFor(() => expect(screen.queryByText(/Getting faster/)).not.toBeInTheDocument(), {
    timeout: 5000,
  });
  expect(asked).toBe(2);
});

test("nothing is said when there is nothing to prepare", async () => {
  const calls = fakeServer({ "GET /api/system": sampleSystem });
  const { container } = show(<WarmUpNote />);
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(container).not.toHaveTextContent("Getting faster");
});

import { useQuery } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import { imageQuery } from "@/api/images";
import { show } from "@/testing/render";
import { sampleImage } from "@/testing/samples";
import { fakeServer, problem } from "@/testing/server";
import { RatingButtons } from "./RatingButtons";
import { useRatingKeys } from "./useRating";

function Rated() {
  const { data } = useQuery(imageQuery(1));
  useRatingKeys(data);
  return data ? (
    <>
      <RatingButtons image={data} />
      <input aria-label="Search" />
    </>
  ) : null;
}

const pressed = () =>
  within(screen.getByRole("group", { name: "Rate" }))
    .getAllByRole("button")
    .map((button) => button.getAttribute("aria-pressed"));

test("one tap rates, the same tap takes it back", async () => {
  const calls = fakeServer({
    "GET /api/images/1": sampleImage(),
    "POST /api/feedback": (body: unknown) => sampleImage(body as object),
    "GET /api/images/counts": {},
  });
  const { user } = show(<Rated />);
  await user.click(await screen.findByRole("button", { name: "Like" }));
  await waitFor(() => expect(pressed()).toEqual(["true", "false"]));
  await user.click(screen.getByRole("button", { name: "Like" }));
  await waitFor(() => expect(pressed()).toEqual(["false", "false"]));
  const sent = calls.filter(({ route }) => route === "POST /api/feedback").map(({ body }) => body);
  expect(sent).toEqual([
    { image_id: 1, feedback: 1 },
    { image_id: 1, feedback: 0 },
  ]);
});

test("keys rate too, but not while typing", async () => {
  const calls = fakeServer({
    "GET /api/images/1": sampleImage(),
    "POST /api/feedback": (body: unknown) => sampleImage(body as object),
    "GET /api/images/counts": {},
  });
  const { user } = show(<Rated />);
  await screen.findByRole("button", { name: "Like" });
  await user.keyboard("-");
  await waitFor(() => expect(pressed()).toEqual(["false", "true"]));
  await user.type(screen.getByLabelText("Search"), "10");
  expect(calls.filter(({ route }) => route === "POST /api/feedback")).toHaveLength(1);
});

test("a refused rating goes back to what it was, and says so", async () => {
  fakeServer({
    "GET /api/images/1": sampleImage({ feedback: -1 }),
    "POST /api/feedback": () => problem(404, "There is no image 1."),
  });
  const { user } = show(<Rated />);
  await user.click(await screen.findByRole("button", { name: "Like" }));
  await waitFor(() => expect(pressed()).toEqual(["false", "true"]));
  expect(await screen.findByText("There is no image 1.")).toBeInTheDocument();
});

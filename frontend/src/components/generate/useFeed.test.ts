import { sampleImage, sampleJob } from "@/testing/samples";
import { feedOf } from "./useFeed";

const now = Date.parse("2026-01-31T12:00:00Z");
const at = (minutesAgo: number) => new Date(now - minutesAgo * 60_000).toISOString();
const done = (id: string, minutesAgo: number, images = [sampleImage()]) =>
  sampleJob({ id, state: "succeeded", finished_at: at(minutesAgo), images });
const ids = (jobs: { id: string }[]) => jobs.map(({ id }) => id);

test("running jobs stay however old; ended ones leave after an hour", () => {
  const old = sampleJob({ id: "old", state: "running", created_at: at(600) });
  expect(ids(feedOf([done("new", 5), old, done("past", 61)], [], now))).toEqual(["new", "old"]);
});

test("dismissed jobs and emptied ones are gone", () => {
  const emptied = done("emptied", 1, [sampleImage({ deleted_at: at(0) })]);
  expect(ids(feedOf([done("a", 1), done("b", 1), emptied], ["a"], now))).toEqual(["b"]);
});

test("of many ended jobs the newest dozen is kept", () => {
  const jobs = Array.from({ length: 20 }, (_, index) => done(`j${index}`, 1));
  expect(feedOf(jobs, [], now)).toHaveLength(12);
});

import { describe, expect, it } from "vitest";
import {
  dayBefore,
  isFiltered,
  NO_FILTERS,
  parseFilters,
  printFilters,
  toQuery,
} from "./galleryFilters";

const FULL = "q=red+apple&feedback=-1&model=starter&after=2026-11-01&before=2026-11-05&seed=42";

describe("gallery filters", () => {
  it("come back from the address bar as they were", () => {
    const search = new URLSearchParams(`${FULL}&sort=best&deleted=true`);
    const filters = parseFilters(search);
    expect(filters).toMatchObject({
      q: "red apple",
      rating: "disliked",
      model: "starter",
      sort: "best",
      trash: true,
      numbers: { seed: "42" },
    });
    expect(printFilters(filters).toString()).toBe(search.toString());
  });

  it("leave defaults out of the address, so that one view has one address", () => {
    expect(
      printFilters(parseFilters(new URLSearchParams("sort=newest&deleted=no"))).toString(),
    ).toBe("");
  });

  it("ignore what they don't understand", () => {
    const junk = new URLSearchParams("feedback=9&sort=upwards&after=soon&seed=-4&model=");
    expect(parseFilters(junk)).toEqual(NO_FILTERS);
  });

  it("ask the API for whole days of the reader's time zone", () => {
    const query = toQuery(parseFilters(new URLSearchParams(FULL)));
    expect(new Date(query.created_after ?? "")).toEqual(new Date(2026, 10, 1));
    expect(new Date(query.created_before ?? "")).toEqual(new Date(2026, 10, 6));
    expect(query).not.toHaveProperty("after");
    expect(query.feedback).toBe("-1");
  });

  it("know whether something is hidden", () => {
    expect(isFiltered(NO_FILTERS)).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, sort: "best", trash: true, q: " " })).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, numbers: { seed: "1" } })).toBe(true);
  });

  it("count days back over a month's end", () => {
    expect(dayBefore(7, new Date(2026, 2, 3))).toBe("2026-02-24");
  });
});

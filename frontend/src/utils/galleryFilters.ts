/**
 * What the gallery shows, as the address bar holds it. One parse and one print, so that back, reload
 * and a shared link give the same pictures. Knows no React and sends nothing.
 */

export const RATINGS = {
  liked: "1",
  unrated: "0",
  disliked: "-1",
} as const;
export type Rating = keyof typeof RATINGS;

export const SORTS = ["newest", "oldest", "best"] as const;
export type Sort = (typeof SORTS)[number];

/** Filters that have no control of their own here but may come with a link. */
export const NUMBER_FILTERS = [
  "seed",
  "parent_id",
  "min_width",
  "max_width",
  "min_height",
  "max_height",
] as const;
export type NumberFilter = (typeof NUMBER_FILTERS)[number];

export interface GalleryFilters {
  q: string;
  rating?: Rating | undefined;
  model?: string | undefined;
  /** First day shown, `YYYY-MM-DD` in the reader's own time zone. */
  after?: string | undefined;
  /** Last day shown. */
  before?: string | undefined;
  sort: Sort;
  trash: boolean;
  job?: string | undefined;
  numbers: Partial<Record<NumberFilter, string>>;
}

export const NO_FILTERS: GalleryFilters = {
  q: "",
  rating: undefined,
  model: undefined,
  after: undefined,
  before: undefined,
  sort: "newest",
  trash: false,
  job: undefined,
  numbers: {},
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function dayOrNothing(value: string | null): string | undefined {
  if (!value || !DAY.test(value)) return undefined;
  return Number.isNaN(startOfDay(value).getTime()) ? undefined : value;
}

function startOfDay(day: string, plusDays = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + plusDays);
}

/** Reads the address bar; what it doesn't understand it leaves out. */
export function parseFilters(search: URLSearchParams): GalleryFilters {
  const rating = (Object.keys(RATINGS) as Rating[]).find(
    (name) => RATINGS[name] === search.get("feedback"),
  );
  const sort = SORTS.find((name) => name === search.get("sort")) ?? "newest";
  const numbers: GalleryFilters["numbers"] = {};
  for (const name of NUMBER_FILTERS) {
    const value = search.get(name);
    if (value && /^\d{1,19}$/.test(value)) numbers[name] = value;
  }
  return {
    q: search.get("q") ?? "",
    rating,
    model: search.get("model") || undefined,
    after: dayOrNothing(search.get("after")),
    before: dayOrNothing(search.get("before")),
    sort,
    trash: search.get("deleted") === "true",
    job: search.get("job_id") || undefined,
    numbers,
  };
}

/** The address bar for these filters; defaults are left out, so the same view has one address. */
export function printFilters(filters: GalleryFilters): URLSearchParams {
  const search = new URLSearchParams();
  if (filters.q) search.set("q", filters.q);
  if (filters.rating) search.set("feedback", RATINGS[filters.rating]);
  if (filters.model) search.set("model", filters.model);
  if (filters.after) search.set("after", filters.after);
  if (filters.before) search.set("before", filters.before);
  if (filters.job) search.set("job_id", filters.job);
  for (const name of NUMBER_FILTERS) {
    const value = filters.numbers[name];
    if (value) search.set(name, value);
  }
  if (filters.sort !== "newest") search.set("sort", filters.sort);
  if (filters.trash) search.set("deleted", "true");
  return search;
}

/** Parameters of `GET /api/images`, as text. */
export type GalleryQuery = Readonly<Record<string, string>>;

/** The query that the API understands: days become instants of the reader's time zone. */
export function toQuery(filters: GalleryFilters): GalleryQuery {
  const { after, before } = filters;
  const search = printFilters({
    ...filters,
    q: filters.q.trim(),
    after: undefined,
    before: undefined,
  });
  if (after) search.set("created_after", startOfDay(after).toISOString());
  if (before) search.set("created_before", startOfDay(before, 1).toISOString());
  return Object.fromEntries(search);
}

/** Whether anything is filtered out, besides the order and the choice of trash. */
export function isFiltered(filters: GalleryFilters): boolean {
  const { q, rating, model, after, before, job, numbers } = filters;
  return Boolean(q.trim() || rating || model || after || before || job || Object.keys(numbers)[0]);
}

/** Today and `days` before it, as `YYYY-MM-DD` in the reader's time zone. */
export function dayBefore(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
}

/** "Nov 5, 2026" for `2026-11-05`. */
export function readableDay(day: string): string {
  return startOfDay(day).toLocaleDateString("en", { dateStyle: "medium" });
}

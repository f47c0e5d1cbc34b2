// A studio's API in memory, enough for pages that show pictures: same routes, same answers.
import { vi } from "vitest";
import type { ImportedFile } from "@/api/exchange";
import type { Image } from "@/api/types";
import { sampleImage, sampleJob } from "./samples";

/** A picture that is told apart by its number. */
export function imageOf(id: number, change: Partial<Image> = {}): Image {
  return sampleImage({ id, prompt: `picture number ${id}`, seed: 1000 + id, ...change });
}

export type FakeGallery = {
  images: Map<number, Image>;
  /** Every call as "METHOD /path?query", with its body. */
  calls: { call: string; body: unknown }[];
  /** Answers every call with this status and problem, until taken away. */
  broken: { status: number; detail: string } | null;
  /** What an import answers. */
  imported: () => ImportedFile[];
};

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": status < 400 ? "application/json" : "application/problem+json",
    },
  });

/** Answers `fetch` from `images`; the newest (greatest id) comes first. */
export function fakeGallery(images: Image[]): FakeGallery {
  const gallery: FakeGallery = {
    images: new Map(images.map((image) => [image.id, image])),
    calls: [],
    broken: null,
    imported: () => [],
  };

  function listed(query: URLSearchParams): Image[] {
    const deleted = query.get("deleted") === "true";
    return [...gallery.images.values()]
      .filter((image) => (image.deleted_at !== null) === deleted)
      .filter((image) => image.prompt.includes(query.get("q") ?? ""))
      .filter((image) => [null, String(image.feedback)].includes(query.get("feedback")))
      .filter((image) => [null, String(image.parent_id)].includes(query.get("parent_id")))
      .sort((a, b) => b.id - a.id);
  }

  function change(id: number, next: Partial<Image>): Image {
    const image = { ...imageOf(id), ...gallery.images.get(id), ...next };
    gallery.images.set(id, image);
    return image;
  }

  const trashed = (deleted: boolean) => ({ deleted_at: deleted ? "2026-11-02T12:00:00Z" : null });

  function answer(method: string, url: URL, body: Record<string, unknown>): Response {
    const query = url.searchParams;
    const path = url.pathname;
    const id = Number(/^\/api\/images\/(\d+)/.exec(path)?.[1]);
    if (gallery.broken) return json(gallery.broken.status, gallery.broken);
    if (path === "/api/images" && method === "GET") {
      const all = listed(query);
      const start = Number(query.get("cursor") ?? 0);
      const end = start + Number(query.get("limit") ?? 50);
      const next_cursor = end < all.length ? String(end) : null;
      return json(200, { items: all.slice(start, end), next_cursor, total: all.length });
    }
    if (path === "/api/images" && method === "PATCH") {
      const ids = body.ids as number[];
      for (const each of ids) change(each, trashed(body.deleted as boolean));
      return json(200, { changed: ids.length });
    }
    if (path === "/api/feedback") {
      return json(200, change(body.image_id as number, { feedback: body.feedback as 1 }));
    }
    if (path === "/api/images/import") return json(200, { items: gallery.imported() });
    if (path === "/api/retrain") return json(202, sampleJob({ kind: "retrain" }));
    if (path === "/api/models") return json(200, { items: [], active: null });
    if (path === "/api/jobs") return json(200, { items: [] });
    if (path === "/api/variations") {
      const parent_id = body.image_id as number;
      const num_images = body.num_variations as number;
      return json(202, sampleJob({ kind: "variations" }, { parent_id, num_images }));
    }
    if (!gallery.images.has(id)) {
      return json(404, { status: 404, title: "Not found", detail: `There is no picture ${id}.` });
    }
    if (path.endsWith("/neighbours")) {
      const ids = listed(query).map((image) => image.id);
      const at = ids.indexOf(id);
      return json(200, { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null });
    }
    if (method === "PATCH") return json(200, change(id, body as Partial<Image>));
    if (method === "DELETE") {
      gallery.images.delete(id);
      return new Response(null, { status: 204 });
    }
    return json(200, gallery.images.get(id));
  }

  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const text = await request.text();
    const isJson = request.headers.get("Content-Type")?.includes("json") ?? false;
    const body = text && isJson ? JSON.parse(text) : {};
    gallery.calls.push({ call: `${request.method} ${url.pathname}${url.search}`, body });
    return answer(request.method, url, body);
  });
  return gallery;
}

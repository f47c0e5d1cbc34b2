// Thumbs: shown at once, undone if the server refuses.
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { againAfterArrivals, patchImage, patchImages } from "./patch";
import type { Feedback, Image } from "./types";

/** How much is known of the owner's taste, and what more of it would bring. */
export const tasteQuery = queryOptions({
  queryKey: ["taste"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/feedback/summary", { signal })),
});

export function useTaste() {
  return useQuery(tasteQuery);
}

/** What is counted over all ratings is asked for anew. */
function recount(cache: QueryClient): void {
  void cache.invalidateQueries({ queryKey: ["images", "counts"] });
  void cache.invalidateQueries({ queryKey: tasteQuery.queryKey });
  void cache.invalidateQueries({ queryKey: ["retrain", "preview"] });
}

const feedbacks = [1, 0, -1] as const;

type Rating = { image: Pick<Image, "id" | "feedback">; feedback: Feedback };

/** The newest rating that was given to each picture on this visit. */
const given = new Map<number, Image["feedback"]>();

function show(cache: QueryClient, id: number, feedback: Image["feedback"]): void {
  given.set(id, feedback);
  patchImage(cache, id, { feedback });
}

/** Shows saved ratings again, where older answers came or will come in between. */
function showAgain(cache: QueryClient, ids: readonly number[]): void {
  againAfterArrivals(cache, () => {
    for (const feedback of feedbacks) {
      const same = ids.filter((id) => given.get(id) === feedback);
      if (same.length > 0) patchImages(cache, same, { feedback });
    }
  });
}

export function useFeedback() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ image, feedback }: Rating) =>
      unwrap(client.POST("/api/feedback", { body: { image_id: image.id, feedback } })),
    onMutate: ({ image, feedback }) => {
      show(cache, image.id, feedback);
      return { before: image.feedback };
    },
    onError: (_error, { image }, context) => {
      if (context) show(cache, image.id, context.before);
    },
    onSuccess: (_answer, { image }) => {
      showAgain(cache, [image.id]);
      recount(cache);
    },
  });
}

const atOnce = 6;

/** One rating for many pictures; those that the server refuses get their old rating back. */
export function useFeedbackForMany() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (ratings: readonly Rating[]) => {
      const waiting = [...ratings];
      const failed: unknown[] = [];
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const { image, feedback } = next;
          const body = { image_id: image.id, feedback };
          await unwrap(client.POST("/api/feedback", { body })).catch((error: unknown) => {
            failed.push(error);
            show(cache, image.id, image.feedback);
          });
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      if (failed.length > 0) throw failed[0];
    },
    onMutate: (ratings) => {
      for (const feedback of feedbacks) {
        const same = ratings.filter((rating) => rating.feedback === feedback);
        const ids = same.map(({ image }) => image.id);
        for (const id of ids) given.set(id, feedback);
        if (ids.length > 0) patchImages(cache, ids, { feedback });
      }
    },
    onSettled: (_answer, _error, ratings) => {
      showAgain(
        cache,
        ratings.map(({ image }) => image.id),
      );
      recount(cache);
    },
  });
}

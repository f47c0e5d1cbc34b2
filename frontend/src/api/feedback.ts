// Thumbs: shown at once, undone if the server refuses.
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { changingField } from "./patch";
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

type Rating = { image: Pick<Image, "id" | "feedback">; feedback: Feedback };

const ratingField = changingField("feedback");

export function useFeedback() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ image, feedback }: Rating) =>
      unwrap(client.POST("/api/feedback", { body: { image_id: image.id, feedback } })),
    onMutate: ({ image, feedback }) => {
      ratingField.show(cache, [image.id], feedback);
      return { before: image.feedback };
    },
    onError: (_error, { image }, context) => {
      if (context) ratingField.show(cache, [image.id], context.before);
    },
    onSuccess: (_answer, { image }) => {
      ratingField.showAgain(cache, [image.id]);
      recount(cache);
    },
  });
}

const atOnce = 6;
const idOf = ({ image }: Rating) => image.id;

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
            ratingField.show(cache, [image.id], image.feedback);
          });
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      if (failed.length > 0) throw failed[0];
    },
    onMutate: (ratings) => {
      for (const feedback of [1, 0, -1] as const) {
        const same = ratings.filter((rating) => rating.feedback === feedback);
        ratingField.show(cache, same.map(idOf), feedback);
      }
    },
    onSettled: (_answer, _error, ratings) => {
      ratingField.showAgain(cache, ratings.map(idOf));
      recount(cache);
    },
  });
}

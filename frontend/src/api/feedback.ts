// Thumbs: shown at once, undone if the server refuses.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { patchImage } from "./patch";
import type { Feedback, Image } from "./types";

type Rating = { image: Pick<Image, "id" | "feedback">; feedback: Feedback };

export function useFeedback() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ image, feedback }: Rating) =>
      unwrap(client.POST("/api/feedback", { body: { image_id: image.id, feedback } })),
    onMutate: ({ image, feedback }) => {
      patchImage(cache, image.id, { feedback });
      return { before: image.feedback };
    },
    onError: (_error, { image }, context) => {
      if (context) patchImage(cache, image.id, { feedback: context.before });
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: ["images", "counts"] }),
  });
}

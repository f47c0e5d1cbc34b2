// Fills the form with what drew a picture, or was asked for: words, settings, and whose look it took.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { imageQuery } from "@/api/images";
import type { Image, JobRequest, StyleReference } from "@/api/types";
import { notify, notifyError } from "@/components/ui/toaster";
import type { Chosen } from "./chosen";
import { type Draft, draftOfImage, draftOfRequest } from "./draft";
import { styleStore } from "./style";
import { draftStore } from "./useDraft";

type Reference = StyleReference | null | undefined;

async function styleOf(cache: QueryClient, reference: Reference): Promise<Chosen | null> {
  if (reference?.image_id == null) return null;
  try {
    return { kind: "image", image: await cache.fetchQuery(imageQuery(reference.image_id)) };
  } catch (error) {
    notifyError(error, "The picture whose look it took couldn't be read");
    return null;
  }
}

export function useAgain() {
  const cache = useQueryClient();

  async function fill(draft: Draft, reference: Reference, news: string | null): Promise<void> {
    // What an earlier visit left must not come after this.
    await styleStore.ready;
    const style = await styleOf(cache, reference);
    draftStore.set(draft);
    styleStore.set(style);
    if (reference?.image_id === null) {
      notify(
        "The form holds the settings. The picture whose look it took was a file: give it again",
      );
    } else if (news) {
      notify(news);
    }
  }

  return {
    likeImage: (image: Image) =>
      fill(
        draftOfImage(image),
        image.params.style_reference,
        "The form holds this picture's settings",
      ),
    likeRequest: (request: JobRequest) =>
      fill(draftOfRequest(request), request.style_reference, null),
  };
}

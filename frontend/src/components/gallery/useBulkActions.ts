// What happens to many pictures at once, with a word about it and undo where there is a way back.
import { useFeedbackForMany } from "@/api/feedback";
import { useDeleteForEver } from "@/api/images";
import type { Feedback, Image } from "@/api/types";
import { notify, notifyError } from "@/components/ui/toaster";
import { download, downloadUrl } from "@/utils/download";
import { count } from "@/utils/format";

export function useBulkActions() {
  const feedback = useFeedbackForMany();
  const forEver = useDeleteForEver();

  function rate(images: readonly Image[], rating: 1 | -1): void {
    const send = (ratings: { image: Image; feedback: Feedback }[]) =>
      feedback
        .mutateAsync(ratings)
        .catch((error: unknown) => notifyError(error, "Not every rating was saved"));
    void send(images.map((image) => ({ image, feedback: rating })));
    const rated = images.map((image) => ({ ...image, feedback: rating }));
    notify(`${count(images.length, "picture")} ${rating === 1 ? "liked" : "disliked"}`, {
      label: "Undo",
      onClick: () =>
        void send(
          rated.map((image, index) => ({
            image,
            feedback: (images[index]?.feedback ?? 0) as Feedback,
          })),
        ),
    });
  }

  function deleteForEver(images: readonly Image[]): void {
    forEver.mutateAsync(images.map((image) => image.id)).then(
      () => notify(`${count(images.length, "picture")} deleted for ever`),
      (error: unknown) => notifyError(error, "Not everything was deleted"),
    );
  }

  function save(images: readonly Image[]): void {
    void download(images.map((image) => downloadUrl(image.image_url)));
    notify(`Downloading ${count(images.length, "picture")}`);
  }

  return { rate, deleteForEver, save };
}

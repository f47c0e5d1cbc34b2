// What happens to many pictures at once, with a word about it and undo where there is a way back.
import { exportAction } from "@/api/exchange";
import { useFeedbackForMany } from "@/api/feedback";
import { useDeleteForEver } from "@/api/images";
import { ApiProblem } from "@/api/problem";
import type { Feedback, Image } from "@/api/types";
import { notify, notifyError } from "@/components/ui/toaster";
import { download, downloadUrl, saveAnswer } from "@/utils/download";
import { count } from "@/utils/format";

const notExported = new ApiProblem(404, {
  detail: "The pictures may be gone, or the studio isn't answering. Try again in a moment.",
});

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

  function pack(images: readonly Image[]): void {
    const ids = images.map((image) => image.id).join(",");
    saveAnswer(exportAction, { ids }, () =>
      notifyError(notExported, "The export couldn't be made"),
    );
    notify(`Exporting ${count(images.length, "picture")} with prompts and ratings`);
  }

  return { rate, deleteForEver, save, pack };
}

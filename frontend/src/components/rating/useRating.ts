// One rating, one gesture: the same one again takes it back.
import type { KeyboardEvent as ReactKeyboardEvent } from "react";
import { useCallback, useEffect } from "react";
import { useFeedback } from "@/api/feedback";
import type { Feedback, Image } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";

export type Rateable = Pick<Image, "id" | "feedback">;

const spoken: Record<Feedback, string> = {
  1: "Liked",
  0: "Rating removed",
  "-1": "Disliked",
};

const keys: Readonly<Record<string, Feedback>> = { "1": 1, "0": 0, "-": -1 };
const minusOneWithin = 800;
const nothing: { target: EventTarget | null; at: number } = { target: null, at: 0 };
let minus = nothing;

/** The rating that a key stands for, unless it is typed into a field or belongs to a shortcut. */
export function ratingOfKey(event: KeyboardEvent | ReactKeyboardEvent): Feedback | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const target = event.target as HTMLElement;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
    return undefined;
  // Whoever types "-1" means a dislike: the "1" right after the "-" isn't a like.
  const soon = event.target === minus.target && event.timeStamp - minus.at < minusOneWithin;
  const belongsToMinus = event.key === "1" && soon;
  minus = event.key === "-" ? { target: event.target, at: event.timeStamp } : nothing;
  return belongsToMinus ? undefined : keys[event.key];
}

/** Rates any picture: shown at once, undone with a message if it can't be saved. */
export function useRate(): (image: Rateable, feedback: Feedback) => void {
  const { mutateAsync } = useFeedback();
  return useCallback(
    (image, feedback) => {
      if (feedback === image.feedback) return;
      mutateAsync({ image, feedback }).catch((error: unknown) =>
        notifyError(error, "The rating wasn't saved"),
      );
      announce(spoken[feedback]);
    },
    [mutateAsync],
  );
}

export function useRating(image: Rateable): (feedback: Feedback) => void {
  const rate = useRate();
  return (feedback) => rate(image, feedback);
}

/** Rates `image` with 1, 0 and - wherever the focus is. For pages that show one picture. */
export function useRatingKeys(image: Rateable | undefined): void {
  const rate = useRating(image ?? { id: 0, feedback: 0 });
  useEffect(() => {
    if (!image) return;
    const onKey = (event: KeyboardEvent) => {
      const feedback = ratingOfKey(event);
      if (feedback !== undefined) rate(feedback);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}

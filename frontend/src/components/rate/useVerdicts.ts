// Goes through pictures one by one: what was said of each, what comes next, and the way back.
import { useEffect, useRef, useState } from "react";
import { useFeedback } from "@/api/feedback";
import { ApiProblem } from "@/api/problem";
import type { Feedback, Image } from "@/api/types";
import { describe } from "@/components/picture/Picture";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";

/** 1 and -1 rate; 0 passes by and leaves the picture unrated. */
export type Verdict = Feedback;
type Step = { image: Image; verdict: Verdict };

const spoken: Record<Verdict, string> = { 1: "Liked", 0: "Skipped", "-1": "Disliked" };
const fetchedAhead = 3;

function without(steps: readonly Step[], image: Image): Step[] {
  return steps.filter((step) => step.image.id !== image.id);
}

export function useVerdicts(images: readonly Image[]) {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const { mutateAsync } = useFeedback();
  // One after the other, so that an undo never arrives before what it undoes.
  const line = useRef<Promise<unknown>>(Promise.resolve());

  const decided = new Set(steps.map((step) => step.image.id));
  const waiting = images.filter((image) => !decided.has(image.id) && !image.unreadable);
  const current = waiting[0];

  const ahead = waiting
    .slice(1, 1 + fetchedAhead)
    .map((image) => image.image_url)
    .join(" ");
  useEffect(() => {
    for (const url of ahead.split(" ").filter(Boolean)) new window.Image().src = url;
  }, [ahead]);

  function send(image: Image, from: Feedback, to: Feedback, onRefused: () => void): void {
    line.current = line.current.then(() =>
      mutateAsync({ image: { id: image.id, feedback: from }, feedback: to }).catch(
        (error: unknown) => {
          notifyError(error, "The rating wasn't saved");
          // A picture that no longer exists would only come up again and again.
          if (!(error instanceof ApiProblem && error.status === 404)) onRefused();
        },
      ),
    );
  }

  function judge(verdict: Verdict): void {
    if (!current) return;
    setSteps([...steps, { image: current, verdict }]);
    const next = waiting[1];
    announce(`${spoken[verdict]}. ${next ? `Next: ${describe(next)}` : "That was the last one."}`);
    if (verdict !== 0) {
      send(current, 0, verdict, () => setSteps((all) => without(all, current)));
    }
  }

  function undo(): void {
    const last = steps.at(-1);
    if (!last) return;
    setSteps(without(steps, last.image));
    announce(`Undone. Again: ${describe(last.image)}`);
    if (last.verdict !== 0) {
      send(last.image, last.verdict, 0, () =>
        setSteps((all) => [...without(all, last.image), last]),
      );
    }
  }

  return {
    current,
    waiting,
    rated: steps.filter(({ verdict }) => verdict !== 0).length,
    skipped: steps.filter(({ verdict }) => verdict === 0).length,
    judge,
    undo: steps.length > 0 ? undo : null,
    /** Brings back what was passed by. */
    again: () => setSteps(steps.filter(({ verdict }) => verdict !== 0)),
  };
}

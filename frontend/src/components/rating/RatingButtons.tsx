// Thumbs up and down. One tap rates, the same tap again takes it back.
import { Group, Icon, IconButton } from "@chakra-ui/react";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import type { Feedback } from "@/api/types";
import { type Rateable, useRating } from "./useRating";

type Props = { image: Rateable; size?: "xs" | "sm" | "md" | "lg"; variant?: "ghost" | "surface" };

const thumbs: { feedback: Feedback; label: string; icon: typeof ThumbsUp; shortcut: string }[] = [
  { feedback: 1, label: "Like", icon: ThumbsUp, shortcut: "1" },
  { feedback: -1, label: "Dislike", icon: ThumbsDown, shortcut: "-" },
];

export function RatingButtons({ image, size = "sm", variant = "ghost" }: Props) {
  const rate = useRating(image);
  return (
    <Group role="group" aria-label="Rate" gap="1">
      {thumbs.map(({ feedback, label, icon, shortcut }) => {
        const on = image.feedback === feedback;
        return (
          <IconButton
            key={feedback}
            size={size}
            variant={on ? "solid" : variant}
            colorPalette={on ? "accent" : "gray"}
            aria-label={label}
            aria-pressed={on}
            aria-keyshortcuts={shortcut}
            title={on ? `${label}d; press again to undo` : `${label} (${shortcut})`}
            onClick={() => rate(on ? 0 : feedback)}
          >
            <Icon as={icon} aria-hidden />
          </IconButton>
        );
      })}
    </Group>
  );
}

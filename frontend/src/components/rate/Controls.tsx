// The three answers as buttons under the thumb, and the way back.
import { Button, Flex, Icon, IconButton, Kbd } from "@chakra-ui/react";
import { ArrowUp, type LucideIcon, ThumbsDown, ThumbsUp, Undo2 } from "lucide-react";
import type { Verdict } from "./useVerdicts";

type Answer = { verdict: Verdict; label: string; keys: string; shown: string; icon: LucideIcon };

const answers: Answer[] = [
  { verdict: -1, label: "Dislike", keys: "- ArrowLeft", shown: "−1", icon: ThumbsDown },
  { verdict: 0, label: "Skip", keys: "0 ArrowUp", shown: "0", icon: ArrowUp },
  { verdict: 1, label: "Like", keys: "1 ArrowRight", shown: "1", icon: ThumbsUp },
];

type Props = { onVerdict: (verdict: Verdict) => void; onUndo: (() => void) | null };

export function Controls({ onVerdict, onUndo }: Props) {
  return (
    <Flex
      role="group"
      aria-label="Rate"
      justify="center"
      align="center"
      gap={{ base: "1.5", md: "3" }}
    >
      <Undo onUndo={onUndo} />
      {answers.map(({ verdict, label, keys, shown, icon }) => (
        <Button
          key={verdict}
          size={{ base: "lg", md: "xl" }}
          rounded="full"
          px={{ base: "3.5", md: "7" }}
          variant={verdict === 0 ? "outline" : "surface"}
          colorPalette={verdict === 1 ? "accent" : "gray"}
          aria-keyshortcuts={keys}
          title={`${label} (${keys.replace("Arrow", "arrow ").replace(" ", ", ")})`}
          onClick={() => onVerdict(verdict)}
        >
          <Icon as={icon} hideBelow={verdict === 0 ? "sm" : undefined} aria-hidden />
          {label}
          <Kbd size="sm" hideBelow="md" aria-hidden>
            {shown}
          </Kbd>
        </Button>
      ))}
    </Flex>
  );
}

export function Undo({ onUndo }: { onUndo: (() => void) | null }) {
  return (
    <IconButton
      size={{ base: "md", md: "lg" }}
      rounded="full"
      variant="ghost"
      aria-label="Undo"
      aria-keyshortcuts="Control+Z Meta+Z"
      title="Undo (Ctrl + Z)"
      disabled={!onUndo}
      onClick={() => onUndo?.()}
    >
      <Icon as={Undo2} aria-hidden />
    </IconButton>
  );
}

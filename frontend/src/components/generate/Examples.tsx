// Prompts that the active model can draw, for a first try.
import { Button, Flex } from "@chakra-ui/react";
import { useActiveModel } from "@/api/models";
import { setField } from "./useDraft";

type Props = {
  onPick: () => void;
  /** One row to swipe through on a phone, so that pictures stay in view. */
  compact: boolean;
};

export function Examples({ onPick, compact }: Props) {
  const examples = useActiveModel()?.example_prompts ?? [];
  if (examples.length === 0) return null;
  return (
    <Flex
      role="group"
      aria-label="Example prompts"
      justify={{ base: compact ? "start" : "center", md: "center" }}
      wrap={{ base: compact ? "nowrap" : "wrap", md: "wrap" }}
      overflowX={{ base: compact ? "auto" : "visible", md: "visible" }}
      scrollbarWidth="none"
      p="0.5"
      gap="2"
    >
      {examples.slice(0, compact ? 4 : 8).map((example) => (
        <Button
          key={example}
          size="sm"
          variant="outline"
          rounded="full"
          fontWeight="normal"
          flexShrink={compact ? "0" : "1"}
          whiteSpace={compact ? "nowrap" : "normal"}
          height="auto"
          minHeight="9"
          py="1.5"
          onClick={() => {
            setField("prompt", example);
            onPick();
          }}
        >
          {example}
        </Button>
      ))}
    </Flex>
  );
}

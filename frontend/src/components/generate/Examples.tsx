// Prompts that the active model can draw, for a first try.
import { Button, Wrap } from "@chakra-ui/react";
import { useActiveModel } from "@/api/models";
import { setField } from "./useDraft";

export function Examples({ onPick }: { onPick: () => void }) {
  const examples = useActiveModel()?.example_prompts ?? [];
  if (examples.length === 0) return null;
  return (
    <Wrap role="group" aria-label="Example prompts" justify="center" gap="2">
      {examples.slice(0, 8).map((example) => (
        <Button
          key={example}
          size="sm"
          variant="outline"
          rounded="full"
          fontWeight="normal"
          whiteSpace="normal"
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
    </Wrap>
  );
}

// All models, each version indented under what it was trained from.
import { Box } from "@chakra-ui/react";
import type { Model } from "@/api/types";
import { ModelCard } from "./ModelCard";
import { type Branch, treeOf } from "./tree";
import { VersionCard } from "./VersionCard";

export function ModelTree({ models }: { models: readonly Model[] }) {
  return <Level branches={treeOf(models)} models={models} depth={0} />;
}

type LevelProps = { branches: readonly Branch[]; models: readonly Model[]; depth: number };

function Level({ branches, models, depth }: LevelProps) {
  return (
    <Box
      as="ul"
      listStyleType="none"
      display="grid"
      gap="4"
      gridTemplateColumns="minmax(0, 1fr)"
      {...(depth > 0 && {
        mt: "4",
        // Deep families must not run out of a phone.
        ms: { base: depth > 2 ? "0" : "2", md: "6" },
        ps: { base: "3", md: "6" },
        borderInlineStartWidth: "2px",
        borderColor: "border",
      })}
    >
      {branches.map(({ model, children }) => (
        <Box as="li" key={model.name}>
          {model.version ? (
            <VersionCard
              model={model}
              version={model.version}
              parent={models.find(({ name }) => name === model.version?.parent)}
            />
          ) : (
            <ModelCard model={model} />
          )}
          {children.length > 0 && <Level branches={children} models={models} depth={depth + 1} />}
        </Box>
      ))}
    </Box>
  );
}

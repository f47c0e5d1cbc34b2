// What a training will take, as measured on this machine.
import { Flex, Spinner, Text } from "@chakra-ui/react";
import type { RetrainEstimate } from "@/api/types";
import { bytes, count, duration } from "@/utils/format";

/** "About 12 min for 200 steps · 3.1 GB of memory (8.0 GB free) · 0.4 GB on disk". */
export function estimateWords(estimate: RetrainEstimate): string {
  const { seconds, steps, memory_bytes: memory, memory_available_bytes: free } = estimate;
  const parts = [];
  if (seconds !== null) parts.push(`About ${duration(seconds)} for ${count(steps, "step")}`);
  if (memory !== null) {
    parts.push(`${bytes(memory)} of memory${free === null ? "" : ` (${bytes(free)} free)`}`);
  }
  parts.push(`${bytes(estimate.disk_bytes)} on disk`);
  return parts.join(" · ");
}

export function EstimateLine({ estimate }: { estimate: RetrainEstimate | null }) {
  if (!estimate) return null;
  const { memory_bytes: memory, memory_available_bytes: free } = estimate;
  const tight = memory !== null && free !== null && memory > free;
  return (
    <Flex role="status" align="center" gap="3" rounded="l2" bg="bg.subtle" px="4" py="3">
      {estimate.state === "measuring" && <Spinner size="sm" aria-hidden />}
      <Text textStyle="sm" color={tight ? "fg.warning" : undefined}>
        {estimate.state === "ready" ? estimateWords(estimate) : estimate.detail}
      </Text>
    </Flex>
  );
}

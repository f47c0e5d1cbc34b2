// The two curves of a training: what it minimises, and how it does on pictures it doesn't see.
import { SimpleGrid } from "@chakra-ui/react";
import type { RetrainStatus } from "@/api/types";
import { Curve } from "./Curve";
import type { Point } from "./curve";

type Props = Pick<RetrainStatus, "curve" | "parent_validation_loss" | "best_step">;

export function pointsOf(curve: Props["curve"], name: "loss" | "validation_loss"): Point[] {
  return curve.flatMap((point) => {
    const value = point[name];
    return value === null ? [] : [{ step: point.step, value }];
  });
}

export function Curves({ curve, parent_validation_loss: parent, best_step }: Props) {
  const loss = pointsOf(curve, "loss");
  const validation = pointsOf(curve, "validation_loss");
  if (loss.length + validation.length === 0) return null;
  return (
    <SimpleGrid columns={{ base: 1, md: 2 }} gap="6">
      <Curve
        title="Held-out loss"
        points={validation}
        reference={parent === null ? null : { label: "Before", value: parent }}
        marked={best_step}
      />
      <Curve title="Training loss" points={loss} noisy={loss.length > 8} />
    </SimpleGrid>
  );
}

// On every page, while a training is under way: how far it is, and the way to it.
import { Box, Link } from "@chakra-ui/react";
import { NavLink } from "react-router";
import { isUnderWay, useRetrainStatus } from "@/api/retrain";
import type { RetrainStatus } from "@/api/types";

function words({ state, progress }: RetrainStatus): string {
  const share = `${Math.round(100 * progress)} %`;
  if (state === "queued") return "Training waits";
  return state === "paused" ? `Training paused: ${share}` : `Training runs: ${share}`;
}

export function TrainingLink() {
  const { data: status } = useRetrainStatus();
  if (!status || !isUnderWay(status.state)) return null;
  return (
    <Link
      asChild
      variant="plain"
      textStyle="sm"
      color="accent.fg"
      fontVariantNumeric="tabular-nums"
      whiteSpace="nowrap"
    >
      <NavLink to="/retrain">
        <Box
          boxSize="2"
          rounded="full"
          bg={status.state === "running" ? "accent.solid" : "border.emphasized"}
          animation={status.state === "running" ? "pulse 2s infinite" : undefined}
          aria-hidden
        />
        {words(status)}
      </NavLink>
    </Link>
  );
}

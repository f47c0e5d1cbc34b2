// On every page, while something waits or the queue is paused: how much, and the way to it.
import { Box, Link } from "@chakra-ui/react";
import { NavLink } from "react-router";
import { type Queue, useQueue } from "@/api/queue";

function words({ paused, num_waiting }: Queue): string {
  if (!paused) return `${num_waiting} waiting`;
  return num_waiting > 0 ? `Paused: ${num_waiting}` : "Paused";
}

export function QueueLink() {
  const { data: queue } = useQueue();
  if (!queue || (!queue.paused && queue.num_waiting === 0)) return null;
  return (
    <Link
      asChild
      variant="plain"
      textStyle="sm"
      color={queue.paused ? "fg.warning" : "accent.fg"}
      fontVariantNumeric="tabular-nums"
      whiteSpace="nowrap"
    >
      <NavLink to="/queue" aria-label={`Queue: ${words(queue)}`}>
        <Box
          boxSize="2"
          rounded="full"
          bg={queue.paused ? "border.emphasized" : "accent.solid"}
          aria-hidden
        />
        {words(queue)}
      </NavLink>
    </Link>
  );
}

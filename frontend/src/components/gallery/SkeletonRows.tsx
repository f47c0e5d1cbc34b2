// Where pictures are about to be: grey boxes in rows like theirs.
import { Box, Skeleton } from "@chakra-ui/react";
import { useRef } from "react";
import { justify, targetHeight } from "./justify";
import { useElementBox } from "./useElementBox";

const shapes = [1, 1.5, 1, 0.7, 1, 1.3, 0.75, 1, 1, 1.5].map((aspect) => ({
  width: aspect * 100,
  height: 100,
}));

export function SkeletonRows({ width, rows }: { width: number; rows: number }) {
  const sizes = Array.from({ length: rows * 12 }, (_, index) => shapes[index % shapes.length]);
  const known = sizes.filter((size) => size !== undefined);
  const laid = justify(known, { width, target: targetHeight(width), gap: 4, holdLast: true });
  return (
    <Box aria-hidden>
      {laid.slice(0, rows).map((row) => (
        <Box key={row.cells[0]?.index} position="relative" height={`${row.height}px`} mb="4px">
          {row.cells.map((cell) => (
            <Skeleton
              key={cell.index}
              position="absolute"
              rounded="l1"
              boxSize="full"
              style={{ left: cell.left, width: cell.width }}
            />
          ))}
        </Box>
      ))}
    </Box>
  );
}

/** The whole wall while nothing is known yet. */
export function LoadingWall() {
  const wall = useRef<HTMLDivElement>(null);
  const { width } = useElementBox(wall);
  return (
    <Box ref={wall} mx="1" role="status" aria-label="Pictures are loading">
      <SkeletonRows width={width} rows={4} />
    </Box>
  );
}

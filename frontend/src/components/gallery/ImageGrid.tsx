// The wall of pictures: justified rows of which only those near the window are in the document.
import { Box, VisuallyHidden } from "@chakra-ui/react";
import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef } from "react";
import type { Image } from "@/api/types";
import { type CellActions, GridCell } from "./GridCell";
import { justify, targetHeight } from "./justify";
import { move, rowIndexOf } from "./moves";
import { SkeletonRows } from "./SkeletonRows";
import type { Selection } from "./selection";
import { useElementBox } from "./useElementBox";
import { useGridFocus } from "./useGridFocus";
import { useTouch } from "./useTouch";

const gap = 4;
/** What covers the window's edges: the bars above, the phone's navigation below. */
const covered = { top: 190, bottom: 80 };

type Props = {
  images: readonly Image[];
  search: string;
  selection: Selection;
  selecting: boolean;
  hasMore: boolean;
  onMore: () => void;
  /** A key on the active picture that isn't about moving; true if it meant something. */
  onKey: (event: KeyboardEvent, image: Image) => void;
  onSelect: CellActions["onSelect"];
  onTrash: CellActions["onTrash"];
};

export function ImageGrid(props: Props) {
  const { images, search, selection, selecting, hasMore, onMore } = props;
  const grid = useRef<HTMLDivElement>(null);
  const { width, top } = useElementBox(grid);
  const touch = useTouch();
  const helpId = useId();
  const target = targetHeight(width);

  const rows = useMemo(
    () => justify(images, { width, target, gap, holdLast: hasMore }),
    [images, width, target, hasMore],
  );
  const activeRow = useRef(0);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.height ?? target) + gap,
    getItemKey: (index) => images[rows[index]?.cells[0]?.index ?? 0]?.id ?? index,
    overscan: 3,
    scrollMargin: top,
    scrollPaddingStart: covered.top,
    scrollPaddingEnd: covered.bottom,
    // The row with the focus stays in the document, or the focus would be lost by scrolling.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      const kept = activeRow.current;
      if (kept >= range.count || shown.includes(kept)) return shown;
      return [...shown, kept].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows have new heights.
  useEffect(() => virtualizer.measure(), [virtualizer, rows]);

  const scrollTo = useCallback(
    (index: number) => virtualizer.scrollToIndex(rowIndexOf(rows, index), { align: "auto" }),
    [virtualizer, rows],
  );
  const { index, activeId, setActive, moveTo } = useGridFocus(grid, images, scrollTo);
  activeRow.current = rowIndexOf(rows, index);

  const shown = virtualizer.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - 4) onMore();
  }, [hasMore, lastShown, rows.length, onMore]);

  function keyDown(event: KeyboardEvent): void {
    const image = images[index];
    if (!image || event.defaultPrevented) return;
    const next = event.altKey ? null : move(rows, index, event.key, event.ctrlKey || event.metaKey);
    if (next === null) {
      props.onKey(event, image);
      return;
    }
    event.preventDefault();
    moveTo(next);
    const passed = images[next];
    if (event.shiftKey && event.key.startsWith("Arrow") && passed) {
      if (!selection.ids.has(image.id)) props.onSelect(image.id, "toggle");
      props.onSelect(passed.id, "range");
    }
  }

  return (
    <>
      <VisuallyHidden id={helpId}>
        Arrow keys move, Enter opens, Space selects, 1 likes, minus dislikes, 0 removes the rating,
        Delete moves to the trash.
      </VisuallyHidden>
      <Box
        ref={grid}
        role="grid"
        aria-label="Pictures"
        aria-describedby={helpId}
        aria-multiselectable
        aria-rowcount={hasMore ? -1 : rows.length}
        aria-busy={hasMore && rows.length === 0}
        position="relative"
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={keyDown}
      >
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <Box
              key={item.key}
              role="row"
              aria-rowindex={item.index + 1}
              position="absolute"
              insetX="0"
              top="0"
              style={{ height: row.height, transform: `translateY(${item.start - top}px)` }}
            >
              {row.cells.map((cell) => {
                const image = images[cell.index];
                return (
                  image && (
                    <GridCell
                      key={image.id}
                      image={image}
                      search={search}
                      left={cell.left}
                      width={cell.width}
                      height={row.height}
                      active={image.id === activeId}
                      selected={selection.ids.has(image.id)}
                      selecting={selecting}
                      touch={touch}
                      onSelect={props.onSelect}
                      onActive={setActive}
                      onTrash={props.onTrash}
                    />
                  )
                );
              })}
            </Box>
          );
        })}
      </Box>
      {hasMore && <SkeletonRows width={width} rows={2} />}
    </>
  );
}

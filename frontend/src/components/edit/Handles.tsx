// The frame around the picture with a handle on each side: dragged, or moved with the arrow keys.
// The corners move two sides at once; by keyboard each side has its own handle.
import { Box } from "@chakra-ui/react";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { uniqueKey } from "@/utils/id";
import { largestExtend, moved, sideLabels, stepOf } from "./extend";
import type { Stage } from "./useStage";
import type { Extend, Side } from "./work";

type Grip = { sides: readonly Side[]; across: number; down: number; cursor: string };

const grips: Grip[] = [
  { sides: ["left"], across: 0, down: 0.5, cursor: "ew-resize" },
  { sides: ["top"], across: 0.5, down: 0, cursor: "ns-resize" },
  { sides: ["right"], across: 1, down: 0.5, cursor: "ew-resize" },
  { sides: ["bottom"], across: 0.5, down: 1, cursor: "ns-resize" },
  { sides: ["left", "top"], across: 0, down: 0, cursor: "nwse-resize" },
  { sides: ["right", "top"], across: 1, down: 0, cursor: "nesw-resize" },
  { sides: ["right", "bottom"], across: 1, down: 1, cursor: "nwse-resize" },
  { sides: ["left", "bottom"], across: 0, down: 1, cursor: "nesw-resize" },
];

type Drag = { gesture: string; x: number; y: number; from: Extend; scale: number; follow: boolean };

export function Handles({ stage }: { stage: Stage }) {
  const { work, view, frame, following, setView } = stage;
  const drag = useRef<Drag | null>(null);

  function begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { clientX: x, clientY: y } = event;
    const from = work.extend;
    drag.current = { gesture: uniqueKey(), x, y, from, scale: view.scale, follow: following };
    // A picture that shrinks under the hand can't be dragged.
    setView(view);
  }

  function go(event: PointerEvent, which: readonly Side[]): void {
    const held = drag.current;
    if (!held) return;
    const by = {
      x: (event.clientX - held.x) / held.scale,
      y: (event.clientY - held.y) / held.scale,
    };
    work.setExtend(moved(held.from, which, by, work.picture), held.gesture);
  }

  function end(): void {
    if (drag.current?.follow) setView(null);
    drag.current = null;
  }

  function onKey(event: KeyboardEvent, side: Side): void {
    const step = stepOf(side, event.key, event.shiftKey);
    const now = work.extend[side];
    const most = largestExtend(work.picture);
    const next = event.key === "Home" ? 0 : step === null ? null : now + step;
    if (next === null) return;
    event.preventDefault();
    work.setExtend({ ...work.extend, [side]: Math.min(most, Math.max(0, next)) }, `key ${side}`);
  }

  const place = {
    left: frame.x * view.scale + view.x,
    top: frame.y * view.scale + view.y,
    width: frame.width * view.scale,
    height: frame.height * view.scale,
  };
  return (
    <Box position="absolute" inset="0" overflow="hidden" pointerEvents="none" rounded="inherit">
      <Box
        position="absolute"
        outline="2px dashed"
        outlineColor="accent.solid"
        style={place}
        data-extended
      >
        {grips.map(({ sides: which, across, down, cursor }) => {
          const [side] = which as [Side];
          const single = which.length === 1;
          const upright = side === "left" || side === "right";
          return (
            <Box
              key={which.join()}
              {...(single
                ? {
                    role: "slider",
                    tabIndex: 0,
                    "aria-label": `Extend ${sideLabels[side]}`,
                    "aria-orientation": upright ? "horizontal" : "vertical",
                    "aria-valuemin": 0,
                    "aria-valuemax": largestExtend(work.picture),
                    "aria-valuenow": work.extend[side],
                    "aria-valuetext": `${work.extend[side]} pixels`,
                    onKeyDown: (event: KeyboardEvent) => onKey(event, side),
                  }
                : { "aria-hidden": true })}
              data-grip={which.join(" ")}
              position="absolute"
              boxSize="10"
              display="grid"
              placeItems="center"
              transform="translate(-50%, -50%)"
              touchAction="none"
              pointerEvents="auto"
              rounded="full"
              focusVisibleRing="outside"
              style={{ left: `${across * 100}%`, top: `${down * 100}%`, cursor }}
              onPointerDown={begin}
              onPointerMove={(event: PointerEvent) => go(event, which)}
              onPointerUp={end}
              onPointerCancel={end}
            >
              <Box
                bg="accent.solid"
                borderWidth="2px"
                borderColor="white"
                shadow="sm"
                rounded={single ? "full" : "l1"}
                width={single ? (upright ? "2.5" : "8") : "4"}
                height={single ? (upright ? "8" : "2.5") : "4"}
              />
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}

// The picture with its mask, as large as the room allows: painted on, moved, looked at closely.
import { Box, VisuallyHidden } from "@chakra-ui/react";
import { useEffect, useId, useLayoutEffect, useRef } from "react";
import { BrushCursor } from "./BrushCursor";
import { Handles } from "./Handles";
import { MaskLayer } from "./MaskLayer";
import { usePointers } from "./usePointers";
import type { Stage } from "./useStage";
import { sayCoverage, useStageKeys } from "./useStageKeys";
import { isExtended } from "./work";

type Props = { stage: Stage; src: string; name: string };

const chequered = "repeating-conic-gradient(var(--one) 0 25%, var(--two) 0 50%) 0 0 / 16px 16px";

export function StageView({ stage, src, name }: Props) {
  const { work, view, frame, mode, box, setBox, lookCloser, move } = stage;
  const surface = useRef<HTMLDivElement>(null);
  const pointers = usePointers(surface, stage);
  const { lowered, ...keys } = useStageKeys(stage);
  const help = useId();

  useLayoutEffect(() => {
    const element = surface.current;
    if (!element) return;
    const measure = () => setBox({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [setBox]);

  // React's own wheel events can't keep the page from zooming.
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const larger = frame.width * view.scale > box.width || frame.height * view.scale > box.height;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) {
        const rect = element.getBoundingClientRect();
        const at = { x: event.clientX - rect.left, y: event.clientY - rect.top };
        lookCloser(Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.004 : 0.1)), at);
      } else if (larger) {
        move({ x: -event.deltaX, y: -event.deltaY });
      } else return;
      event.preventDefault();
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [lookCloser, move, frame, view, box]);

  const { scale, x, y } = view;
  const { width, height } = work.picture;
  const painting = mode === "brush" || mode === "eraser";
  return (
    <Box position="relative" height="full" minHeight="0">
      <Box
        ref={surface}
        role="application"
        aria-roledescription="mask canvas"
        aria-label={`Mask of “${name}”. ${sayCoverage(work)}.`}
        aria-describedby={help}
        tabIndex={0}
        position="relative"
        height="full"
        overflow="hidden"
        rounded={{ lg: "l3" }}
        bg="bg.muted"
        touchAction="none"
        userSelect="none"
        cursor={painting ? "crosshair" : "grab"}
        _active={painting ? undefined : { cursor: "grabbing" }}
        focusVisibleRing="inside"
        data-stage
        {...pointers}
        {...keys}
      >
        {isExtended(work.extend) && (
          <Box
            position="absolute"
            pointerEvents="none"
            css={{ "--one": "colors.bg.emphasized", "--two": "colors.bg.panel" }}
            style={{
              background: chequered,
              left: frame.x * scale + x,
              top: frame.y * scale + y,
              width: frame.width * scale,
              height: frame.height * scale,
            }}
            data-frame
          />
        )}
        <div
          style={{
            position: "absolute",
            left: 0,
            top: 0,
            width,
            height,
            transformOrigin: "0 0",
            transform: `translate(${x}px, ${y}px) scale(${scale})`,
            // Looked at closely enough, pixels are squares.
            imageRendering: scale >= 6 ? "pixelated" : undefined,
            pointerEvents: "none",
          }}
        >
          <img
            src={src}
            alt=""
            draggable={false}
            style={{ width, height, maxWidth: "none", display: "block" }}
          />
          <MaskLayer work={work} />
        </div>
        {painting && <BrushCursor stage={stage} lowered={lowered} />}
      </Box>
      <Box
        // Only for those who came by keyboard.
        display="none"
        css={{ "[data-stage]:focus-visible ~ &": { display: "block" } }}
        position="absolute"
        bottom="2"
        left="50%"
        transform="translateX(-50%)"
        width="max-content"
        maxWidth="calc(100% - 1rem)"
        px="3"
        py="1"
        rounded="full"
        bg="blackAlpha.800"
        color="white"
        textStyle="xs"
        textAlign="center"
        pointerEvents="none"
        aria-hidden
        data-keys
      >
        Arrows move the brush · Space paints · Enter keeps it down · Esc takes the stroke back
      </Box>
      {mode === "extend" && <Handles stage={stage} />}
      <VisuallyHidden id={help}>
        Arrow keys move the brush, with Shift by one pixel. Hold Space to paint, or press Enter to
        lower the brush and again to lift it. Escape takes the stroke back. B brush, E eraser,
        square brackets change its size, I inverts, Control and Z undoes, plus and minus zoom, 0
        shows the whole picture, X extends it.
      </VisuallyHidden>
    </Box>
  );
}

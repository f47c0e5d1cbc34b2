// The brush as a ring of its size, dark and light so that it is seen on any picture.
import { useStore } from "@/utils/store";
import type { Stage } from "./useStage";
import { toStage } from "./view";

export function BrushCursor({ stage, lowered }: { stage: Stage; lowered: boolean }) {
  const at = useStore(stage.cursor);
  if (!at) return null;
  const { x, y } = toStage(stage.view, at);
  const size = Math.max(3, stage.brush * stage.view.scale);
  return (
    <div
      data-brush
      style={{
        position: "absolute",
        left: x,
        top: y,
        width: size,
        height: size,
        transform: "translate(-50%, -50%)",
        borderRadius: "50%",
        border: `${lowered ? 2.5 : 1.5}px ${stage.mode === "eraser" ? "dashed" : "solid"} white`,
        outline: "1px solid rgb(0 0 0 / 0.75)",
        boxShadow: "inset 0 0 0 1px rgb(0 0 0 / 0.75)",
        pointerEvents: "none",
      }}
      aria-hidden
    />
  );
}

// Shapes for people who don't think in pixels; each keeps to what the model can draw.
import { Button, Group } from "@chakra-ui/react";
import type { Model } from "@/api/types";
import { setField } from "./useDraft";

const shapes = [
  { label: "Square", ratio: 1 },
  { label: "Portrait", ratio: 3 / 4 },
  { label: "Landscape", ratio: 4 / 3 },
];

/** Width and height of `ratio` with about the area of the model's default, in its multiples. */
export function sizeOf(ratio: number, model: Model): { width: number; height: number } {
  const { size_multiple: step, max_size: max, defaults } = model;
  const area = (defaults?.width ?? max) * (defaults?.height ?? max);
  const allowed = (side: number) => Math.max(step, Math.min(max, Math.round(side / step) * step));
  return { width: allowed(Math.sqrt(area * ratio)), height: allowed(Math.sqrt(area / ratio)) };
}

type Props = { model: Model; width: string; height: string; onChange: () => void };

export function SizePresets({ model, width, height, onChange }: Props) {
  return (
    <Group role="group" aria-label="Shape" wrap="wrap" gap="2">
      {shapes.map(({ label, ratio }) => {
        const size = sizeOf(ratio, model);
        const on = Number(width) === size.width && Number(height) === size.height;
        return (
          <Button
            key={label}
            size="xs"
            variant={on ? "subtle" : "outline"}
            aria-pressed={on}
            onClick={() => {
              setField("width", String(size.width));
              setField("height", String(size.height));
              onChange();
            }}
          >
            {label}
          </Button>
        );
      })}
    </Group>
  );
}

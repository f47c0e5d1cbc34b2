// One quantity over the steps of a run: a drawing, a sentence that says the same, and a table.
import { Box, Text } from "@chakra-ui/react";
import { useId, useState } from "react";
import { count } from "@/utils/format";
import { digitsFor, digitsOf, type Point, place, rangeOf, smooth, ticks } from "./curve";

const size = { width: 400, height: 190 };
const inner = { left: 54, right: 390, top: 10, bottom: 160 };

type Props = {
  title: string;
  points: readonly Point[];
  /** Noisy values get a smoothed line in front. */
  noisy?: boolean;
  /** A value to compare with, as a dashed line. */
  reference?: { label: string; value: number } | null;
  /** The step whose value is marked. */
  marked?: number | null;
};

export function Curve({ title, points, noisy = false, reference, marked }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return null;

  const levels = points.map(({ value }) => value);
  const values = rangeOf(reference ? [...levels, reference.value] : levels);
  const steps = { low: Math.min(0, first.step), high: Math.max(1, last.step) };
  const digits = digitsFor(values.high - values.low);
  const levelTicks = ticks(values, 4);
  const tickDigits = digitsOf(levelTicks);
  const x = (step: number) => place(step, steps, inner.left, inner.right);
  const y = (value: number) => place(value, values, inner.bottom, inner.top);
  const line = (some: readonly Point[]) =>
    some.map(({ step, value }) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const best = points.find(({ step }) => step === marked);
  const lowest = Math.min(...levels);

  const sentence = [
    `From ${first.value.toFixed(digits)} at step ${first.step}`,
    `to ${last.value.toFixed(digits)} at step ${last.step}`,
    `over ${count(points.length, "value")}; the lowest is ${lowest.toFixed(digits)}.`,
    reference ? `${reference.label}: ${reference.value.toFixed(digits)}.` : "",
  ].join(" ");

  return (
    <Box as="figure" minWidth="0">
      <Text as="figcaption" textStyle="sm" fontWeight="medium" mb="1">
        {title}
      </Text>
      <Box
        asChild
        width="full"
        height="auto"
        maxWidth="36rem"
        color="accent.fg"
        css={{
          "& text": { fill: "fg.muted", fontSize: "11px" },
          "& .rule": { stroke: "border" },
          "& .reference": { stroke: "fg.subtle" },
        }}
      >
        <svg
          viewBox={`0 0 ${size.width} ${size.height}`}
          role="img"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-text`}
        >
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-text`}>{sentence}</desc>
          {levelTicks.map((value) => (
            <g key={value}>
              <line className="rule" x1={inner.left} x2={inner.right} y1={y(value)} y2={y(value)} />
              <text x={inner.left - 6} y={y(value) + 4} textAnchor="end">
                {value.toFixed(tickDigits)}
              </text>
            </g>
          ))}
          {ticks(steps, 4)
            .filter(Number.isInteger)
            .map((step) => (
              <text key={step} x={x(step)} y={inner.bottom + 16} textAnchor="middle">
                {step}
              </text>
            ))}
          <text x={inner.right} y={size.height - 2} textAnchor="end">
            Steps
          </text>
          {reference && (
            <line
              className="reference"
              strokeDasharray="4 4"
              x1={inner.left}
              x2={inner.right}
              y1={y(reference.value)}
              y2={y(reference.value)}
            />
          )}
          <polyline
            points={line(points)}
            fill="none"
            stroke="currentColor"
            strokeOpacity={noisy ? 0.3 : 1}
            strokeWidth={noisy ? 1 : 2}
            strokeLinejoin="round"
          />
          {noisy && (
            <polyline
              points={line(smooth(points))}
              fill="none"
              stroke="currentColor"
              strokeWidth="2"
              strokeLinejoin="round"
            />
          )}
          {!noisy &&
            points.length <= 40 &&
            points.map(({ step, value }) => (
              <circle key={step} cx={x(step)} cy={y(value)} r="2.5" fill="currentColor" />
            ))}
          {best && (
            <circle
              cx={x(best.step)}
              cy={y(best.value)}
              r="6"
              fill="none"
              stroke="currentColor"
              strokeWidth="2"
            />
          )}
        </svg>
      </Box>
      <Text textStyle="xs" color="fg.muted">
        {[
          reference && `Dashed: ${reference.label.toLowerCase()}`,
          best && `Circled: the best, at step ${best.step}`,
          noisy && "The strong line is the average",
        ]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      <Box asChild mt="1" textStyle="sm">
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <Box as="summary" color="fg.muted" cursor="pointer" width="fit-content">
            {title} as a table
          </Box>
          {open && <Table title={title} points={points} digits={digits} />}
        </details>
      </Box>
    </Box>
  );
}

type TableProps = { title: string; points: readonly Point[]; digits: number };

function Table({ title, points, digits }: TableProps) {
  return (
    <Box
      role="region"
      aria-label={`${title} as a table`}
      // What scrolls must be reachable by keyboard.
      tabIndex={0}
      maxHeight="60"
      overflowY="auto"
      mt="2"
    >
      <Box
        asChild
        width="full"
        maxWidth="20rem"
        fontVariantNumeric="tabular-nums"
        css={{ "& th, & td": { textAlign: "start", paddingBlock: "0.5" } }}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">{title}</th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ step, value }) => (
              <tr key={step}>
                <td>{step}</td>
                <td>{value.toFixed(digits)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Box>
    </Box>
  );
}

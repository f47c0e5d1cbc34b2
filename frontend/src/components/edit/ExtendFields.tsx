// How many pixels are added on each side, as numbers.
import { Button, Field, Flex, Input, SimpleGrid, Stack, Text } from "@chakra-ui/react";
import { useEffect, useId, useState } from "react";
import { useStore } from "@/utils/store";
import { largestExtend } from "./extend";
import { isExtended, noExtend, type Side, sides, type Work } from "./work";

const labels: Record<Side, string> = { left: "Left", top: "Top", right: "Right", bottom: "Bottom" };

type Props = { work: Work; error: string | undefined; onChange: () => void };

export function ExtendFields({ work, error, onChange }: Props) {
  useStore(work.changed);
  const heading = useId();
  const { extend, picture } = work;
  const width = picture.width + extend.left + extend.right;
  const height = picture.height + extend.top + extend.bottom;
  return (
    <Stack role="group" aria-labelledby={heading} gap="2">
      <Flex align="baseline" justify="space-between" gap="3">
        <Text id={heading} fontWeight="medium" textStyle="sm">
          Extend the picture
        </Text>
        {isExtended(extend) && (
          <Button
            size="2xs"
            variant="ghost"
            onClick={() => {
              work.setExtend(noExtend);
              onChange();
            }}
          >
            Back to its size
          </Button>
        )}
      </Flex>
      <SimpleGrid columns={4} gap="2">
        {sides.map((side) => (
          <SideField key={side} side={side} work={work} onChange={onChange} />
        ))}
      </SimpleGrid>
      {error ? (
        <Text textStyle="xs" color="fg.error">
          {error}
        </Text>
      ) : (
        <Text textStyle="xs" color="fg.muted">
          {isExtended(extend)
            ? `Becomes ${width} × ${height} pixels; what is added is drawn new.`
            : "In pixels, or drag the frame with the tool above (X)."}
        </Text>
      )}
    </Stack>
  );
}

function SideField({ side, work, onChange }: { side: Side; work: Work; onChange: () => void }) {
  const value = work.extend[side];
  // What is typed, as long as it isn't a number that can be used.
  const [text, setText] = useState(String(value || ""));
  useEffect(() => {
    setText((before) => (Number(before) === value ? before : String(value || "")));
  }, [value]);
  const most = largestExtend(work.picture);
  const number = Number(text);
  const wrong = !Number.isInteger(number) || number < 0 || number > most;
  return (
    <Field.Root invalid={wrong}>
      <Field.Label textStyle="xs" color="fg.muted">
        {labels[side]}
      </Field.Label>
      <Input
        size="sm"
        type="number"
        inputMode="numeric"
        min={0}
        max={most}
        step={8}
        placeholder="0"
        value={text}
        aria-label={`Extend: ${labels[side].toLowerCase()}`}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          const typed = Number(next);
          if (Number.isInteger(typed) && typed >= 0 && typed <= most) {
            work.setExtend({ ...work.extend, [side]: typed }, `type ${side}`);
            onChange();
          }
        }}
        onBlur={() => {
          if (wrong) setText(String(value || ""));
        }}
      />
      {wrong && <Field.ErrorText>0 to {most}</Field.ErrorText>}
    </Field.Root>
  );
}

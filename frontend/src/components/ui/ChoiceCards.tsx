// One of a few ways, each with a line that explains it. Native radio buttons under the cards.
import { Box, SimpleGrid, Text } from "@chakra-ui/react";
import { useId } from "react";

export type Way<Value extends string> = { value: Value; label: string; hint: string };

type Props<Value extends string> = {
  label: string;
  ways: readonly Way<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  columns?: number;
};

export function ChoiceCards<Value extends string>(props: Props<Value>) {
  const { label, ways, value, onChange, columns = ways.length } = props;
  const name = useId();
  return (
    <SimpleGrid role="radiogroup" aria-label={label} columns={{ base: 1, md: columns }} gap="3">
      {ways.map((way) => (
        <Box
          key={way.value}
          as="label"
          position="relative"
          display="block"
          cursor="pointer"
          rounded="l2"
          borderWidth="1px"
          borderColor="border"
          bg="bg.panel"
          px="4"
          py="3"
          _hover={{ borderColor: "border.emphasized" }}
          css={{
            "&:has(:checked)": { borderColor: "accent.solid", bg: "accent.subtle" },
            "&:has(:focus-visible)": {
              outline: "2px solid",
              outlineColor: "accent.focusRing",
              outlineOffset: "2px",
            },
          }}
        >
          {/* Unseen, but over the whole card: what is clicked is the button itself. */}
          <Box asChild position="absolute" inset="0" opacity="0" cursor="inherit">
            <input
              type="radio"
              name={name}
              value={way.value}
              checked={way.value === value}
              aria-describedby={`${name}-${way.value}`}
              onChange={() => onChange(way.value)}
            />
          </Box>
          <Text fontWeight="medium">{way.label}</Text>
          <Text id={`${name}-${way.value}`} textStyle="sm" color="fg.muted">
            {way.hint}
          </Text>
        </Box>
      ))}
    </SimpleGrid>
  );
}

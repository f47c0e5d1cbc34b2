// What the model draws at each checkpoint, next to what it drew before, from the same seeds.
import { Box, Flex, Heading, Slider, Text } from "@chakra-ui/react";
import { useState } from "react";
import type { RetrainStatus } from "@/api/types";
import { Compare } from "@/components/ui/Compare";
import { count } from "@/utils/format";

type Props = Pick<
  RetrainStatus,
  "completed" | "grids" | "grid_prompts" | "grid_seeds" | "best_step"
>;

export function Samples(props: Props) {
  const { completed, grids, grid_prompts: prompts, grid_seeds: seeds, best_step } = props;
  const [chosen, setChosen] = useState<number | null>(null);
  const before = grids.find(({ step }) => step === 0);
  const later = grids.filter(({ step }) => step > 0);
  // Until somebody moves the slider: the newest samples, and in the end those of the version.
  const best = completed ? later.findIndex(({ step }) => step === best_step) : -1;
  const index = Math.min(chosen ?? (best < 0 ? later.length - 1 : best), later.length - 1);
  const after = later[index];
  if (!before) return null;

  const listed = prompts.map((prompt) => `“${prompt}”`).join(", ");
  const rows = `Samples of ${listed}, ${count(seeds.length, "seed")} each`;
  const label = ({ step }: { step: number }) =>
    step === best_step ? `After step ${step}, the best` : `After step ${step}`;
  const ratio = prompts.length > 0 && seeds.length > 0 ? seeds.length / prompts.length : 1;
  return (
    <Box as="section" aria-labelledby="samples">
      <Heading as="h3" size="sm" id="samples" mb="3">
        Samples
      </Heading>
      {after ? (
        <Compare
          before={{ src: before.url, label: "Before", alt: `${rows}, before` }}
          after={{ src: after.url, label: label(after), alt: `${rows}, after step ${after.step}` }}
          ratio={ratio}
        />
      ) : (
        <Box maxWidth="md">
          <Box asChild display="block" width="full" height="auto" rounded="l2" bg="bg.muted">
            <img src={before.url} alt={`${rows}, before`} />
          </Box>
          <Text textStyle="sm" color="fg.muted" mt="1.5">
            Before. Samples of what is learnt appear at the first checkpoint.
          </Text>
        </Box>
      )}
      {after && later.length > 1 && (
        <Slider.Root
          size="sm"
          colorPalette="accent"
          mt="4"
          maxWidth="md"
          min={0}
          max={later.length - 1}
          step={1}
          value={[index]}
          getAriaValueText={() => label(after)}
          onValueChange={({ value }) => setChosen(value[0] ?? null)}
        >
          <Flex justify="space-between" gap="4">
            <Slider.Label>Checkpoint</Slider.Label>
            <Text textStyle="sm" color="fg.muted" fontVariantNumeric="tabular-nums">
              {label(after)}
            </Text>
          </Flex>
          <Slider.Control>
            <Slider.Track>
              <Slider.Range />
            </Slider.Track>
            <Slider.Thumbs />
          </Slider.Control>
        </Slider.Root>
      )}
      {prompts.length > 0 && (
        <Text textStyle="sm" color="fg.muted" mt="3">
          Rows: {listed}
        </Text>
      )}
    </Box>
  );
}

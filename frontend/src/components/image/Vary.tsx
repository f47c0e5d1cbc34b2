// Asks for variations: how far they may stray, how many, and if need be with other words.
import {
  Button,
  Field,
  Flex,
  Heading,
  HStack,
  Icon,
  NativeSelect,
  Slider,
  Stack,
  Text,
  Textarea,
} from "@chakra-ui/react";
import { Sparkles } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useVariations } from "@/api/jobs";
import type { Image, Job } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notifyError } from "@/components/ui/toaster";

const counts = [1, 2, 4, 6, 8];

function describeStrength(percent: number): string {
  if (percent <= 30) return "Stays close: the same picture with small differences.";
  if (percent <= 60) return "Keeps the composition, redraws the details.";
  if (percent < 95) return "Keeps hints of colour and layout.";
  return "Redraws nearly everything.";
}

type Props = { image: Image; onStarted: (job: Job) => void };

export function Vary({ image, onStarted }: Props) {
  const [strength, setStrength] = useState(50);
  const [number, setNumber] = useState(4);
  const [prompt, setPrompt] = useState("");
  const vary = useVariations();

  function start(event: FormEvent): void {
    event.preventDefault();
    vary.mutate(
      {
        image_id: image.id,
        strength: strength / 100,
        num_variations: number,
        ...(prompt.trim() && { prompt: prompt.trim() }),
      },
      {
        onSuccess: (job) => {
          announce("Variations started");
          onStarted(job);
        },
        onError: (error) => notifyError(error, "No variations were started"),
      },
    );
  }

  return (
    <Stack as="form" gap="4" onSubmit={start} aria-labelledby="vary">
      <Heading as="h2" size="sm" id="vary">
        Variations
      </Heading>
      <Slider.Root
        size="sm"
        colorPalette="accent"
        min={5}
        max={100}
        step={5}
        value={[strength]}
        getAriaValueText={({ value }) => `${value} percent`}
        onValueChange={({ value }) => setStrength(value[0] ?? strength)}
      >
        <HStack justify="space-between">
          <Slider.Label>Strength</Slider.Label>
          <Text textStyle="sm" color="fg.muted" fontVariantNumeric="tabular-nums">
            {strength} %
          </Text>
        </HStack>
        <Slider.Control>
          <Slider.Track>
            <Slider.Range />
          </Slider.Track>
          <Slider.Thumbs />
        </Slider.Control>
        <Text textStyle="xs" color="fg.muted">
          {describeStrength(strength)}
        </Text>
      </Slider.Root>
      <Field.Root>
        <Field.Label>Prompt</Field.Label>
        <Textarea
          size="sm"
          autoresize
          rows={2}
          maxLength={4000}
          placeholder={image.prompt || "What they should show"}
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
        />
        <Field.HelperText>Empty: as in this picture.</Field.HelperText>
      </Field.Root>
      <Flex gap="2" align="flex-end">
        <Field.Root width="6rem">
          <Field.Label>How many</Field.Label>
          <NativeSelect.Root size="sm">
            <NativeSelect.Field
              value={number}
              onChange={(event) => setNumber(Number(event.target.value))}
            >
              {counts.map((value) => (
                <option key={value} value={value}>
                  {value}
                </option>
              ))}
            </NativeSelect.Field>
            <NativeSelect.Indicator />
          </NativeSelect.Root>
        </Field.Root>
        <Button
          type="submit"
          size="sm"
          flex="1"
          colorPalette="accent"
          loading={vary.isPending}
          loadingText="Starting"
        >
          <Icon as={Sparkles} boxSize="4" aria-hidden />
          Make variations
        </Button>
      </Flex>
    </Stack>
  );
}

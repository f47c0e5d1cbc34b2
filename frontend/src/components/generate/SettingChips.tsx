// The values in use, always in view. A press opens the settings at that value.
import { Button, Flex } from "@chakra-ui/react";
import type { Model } from "@/api/types";
import { count } from "@/utils/format";
import { type Draft, type DraftField, effective } from "./draft";
import { samplers, schedules } from "./labels";

type Props = { draft: Draft; model: Model | undefined; onPick: (name: DraftField) => void };
type Chip = { name: DraftField; also?: DraftField; text: string };

function chipsOf(draft: Draft, model: Model | undefined): Chip[] {
  const values = effective(draft, model);
  const random = Number(values.seed) === -1;
  const sampler = samplers[values.sampler as keyof typeof samplers];
  const schedule = schedules[values.schedule as keyof typeof schedules];
  const chips: (Chip | false)[] = [
    Boolean(values.width) && {
      name: "width",
      also: "height",
      text: `${values.width} × ${values.height}`,
    },
    Boolean(values.num_inference_steps) && {
      name: "num_inference_steps",
      text: count(Number(values.num_inference_steps), "step"),
    },
    Boolean(values.guidance_scale) && {
      name: "guidance_scale",
      text: `Guidance ${values.guidance_scale}`,
    },
    Boolean(sampler) && {
      name: "sampler",
      also: "schedule",
      text: model?.own_sampler ? "Own sampler" : schedule ? `${sampler}, ${schedule}` : sampler,
    },
    { name: "seed", text: random ? "Random seed" : `Seed ${values.seed}` },
    { name: "num_images", text: count(Number(values.num_images), "picture") },
    Boolean(model) && { name: "model", text: model?.title ?? "" },
    Boolean(draft.negative_prompt.trim()) && {
      name: "negative_prompt",
      text: `Without: ${draft.negative_prompt.trim()}`,
    },
  ];
  return chips.filter((chip) => chip !== false);
}

export function SettingChips({ draft, model, onPick }: Props) {
  return (
    <Flex
      role="group"
      aria-label="Settings in use"
      gap="1.5"
      wrap={{ base: "nowrap", md: "wrap" }}
      overflowX={{ base: "auto", md: "visible" }}
      scrollbarWidth="none"
      p="0.5"
    >
      {chipsOf(draft, model).map(({ name, also, text }) => {
        const changed = Boolean(draft[name].trim() || (also && draft[also].trim()));
        return (
          <Button
            key={name}
            size="2xs"
            rounded="full"
            px="2.5"
            maxWidth="44"
            flexShrink="0"
            variant={changed ? "subtle" : "outline"}
            color={changed ? "accent.fg" : "fg.muted"}
            borderColor={changed ? "transparent" : "border"}
            fontWeight="normal"
            title={`${text}: change`}
            onClick={() => onPick(name)}
          >
            <span style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
              {text}
            </span>
          </Button>
        );
      })}
    </Flex>
  );
}

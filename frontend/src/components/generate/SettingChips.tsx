// The values in use, always in view. A press opens the settings at that value.
import { Button, Flex } from "@chakra-ui/react";
import type { Model } from "@/api/types";
import { lookText } from "@/components/picture/Look";
import { count } from "@/utils/format";
import { useStore } from "@/utils/store";
import type { Chosen } from "./chosen";
import { type Draft, type DraftField, effective, isHires, usualStyleStrength } from "./draft";
import { samplers, schedules } from "./labels";
import { startStore } from "./start";
import { styleStore } from "./style";

type Props = { draft: Draft; model: Model | undefined; onPick: (name: DraftField) => void };
type Chip = { name: DraftField; also?: DraftField; text: string };

/** The size as it will be; a picture that is started from brings its own. */
function sizeText(draft: Draft, values: Draft, started: boolean): string {
  const own = started && !draft.width.trim() && !draft.height.trim();
  return own ? "The picture's size" : `${values.width} × ${values.height}`;
}

function styleText(draft: Draft, style: Chosen): string {
  const image_id = style.kind === "image" ? style.image.id : null;
  return lookText({ image_id, strength: Number(draft.style_strength || usualStyleStrength) });
}

function chipsOf(
  draft: Draft,
  model: Model | undefined,
  started: boolean,
  style: Chosen | null,
): Chip[] {
  const values = effective(draft, model);
  const random = Number(values.seed) === -1;
  const sampler = samplers[values.sampler as keyof typeof samplers];
  const schedule = schedules[values.schedule as keyof typeof schedules];
  const chips: (Chip | false)[] = [
    Boolean(values.width) && {
      name: "width",
      also: "height",
      text: sizeText(draft, values, started),
    },
    style !== null && { name: "style_strength", text: styleText(draft, style) },
    isHires(draft) && { name: "hires_scale", text: `Hi-res ${draft.hires_scale} ×` },
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
  const started = useStore(startStore) !== null;
  const style = useStore(styleStore);
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
      {chipsOf(draft, model, started, style).map(({ name, also, text }) => {
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

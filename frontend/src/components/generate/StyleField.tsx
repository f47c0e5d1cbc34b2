// The picture whose look is taken over, and how much of it.
import type { Model } from "@/api/types";
import { useStore } from "@/utils/store";
import { ChosenPicture } from "./ChosenPicture";
import { nameOf } from "./chosen";
import { type Draft, type DraftField, type FieldErrors, usualStyleStrength } from "./draft";
import { StrengthSlider } from "./StrengthSlider";
import { startStore } from "./start";
import { clearStyle, styleProblem, styleStore } from "./style";

export function likeness(percent: number): string {
  if (percent <= 35) return "A hint of it";
  return percent <= 80 ? "Its look" : "As much of it as possible";
}

type Props = {
  draft: Draft;
  model: Model | undefined;
  errors: FieldErrors;
  onChange: (name: DraftField) => void;
};

export function StyleField({ draft, model, errors, onChange }: Props) {
  const style = useStore(styleStore);
  const start = useStore(startStore);
  if (!style) return null;
  return (
    <ChosenPicture key={nameOf(style)} chosen={style} what="Style picture" onRemove={clearStyle}>
      <StrengthSlider
        name="style_strength"
        label="Style strength"
        value={draft.style_strength}
        usual={usualStyleStrength}
        words={likeness}
        error={styleProblem(style, start, model) ?? errors.style_strength}
        onChange={onChange}
      />
    </ChosenPicture>
  );
}

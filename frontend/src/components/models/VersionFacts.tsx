// How good a version is on pictures that it didn't learn from, with how sure that is.
import { Flex, Text } from "@chakra-ui/react";
import type { Model, Version } from "@/api/types";
import { Hint } from "@/components/ui/Hint";
import { count } from "@/utils/format";

const percent = (value: number) => `${Math.round(100 * value)} %`;

type Props = {
  model: Model;
  metrics: Version["metrics"];
  /** What it was trained from, if that is still there. */
  parent: Model | undefined;
};

export function VersionFacts({ model, metrics, parent }: Props) {
  const { parent_validation_loss: before, validation_loss: after, rating_auc: auc } = metrics;
  const rated = model.liked + model.disliked;
  if (after === null && !auc && rated === 0) return null;
  return (
    <Flex mt="3" columnGap="8" rowGap="3" wrap="wrap" fontVariantNumeric="tabular-nums">
      {after !== null && (
        <Fact
          label="Held-out loss"
          hint="How far off it is on pictures it didn't learn from; lower is better"
          value={before === null ? digits(after) : `${digits(before)} → ${digits(after)}`}
        />
      )}
      {rated > 0 && (
        <Fact
          label="What you like of it"
          hint="Of the pictures that it drew and you rated; rate some of both versions to compare"
          value={[parent && likes(parent), likes(model)].filter(Boolean).join(" → ")}
        />
      )}
      {auc && (
        <Fact
          label="Tells liked from disliked"
          hint={`Area under the curve with its 95 % interval, on ${auc.liked} liked and ${auc.disliked} disliked pictures; 50 % is guessing`}
          value={`${percent(auc.auc)} (${percent(auc.low)} to ${percent(auc.high)}), on ${count(auc.liked + auc.disliked, "picture")}`}
        />
      )}
    </Flex>
  );
}

/** Such as “84 % of 50”, or nothing where nothing is rated. */
function likes({ liked, disliked }: Model): string | null {
  const rated = liked + disliked;
  return rated > 0 ? `${percent(liked / rated)} of ${rated}` : null;
}

const digits = (value: number) => value.toPrecision(4);

function Fact({ label, hint, value }: { label: string; hint: string; value: string }) {
  return (
    <div>
      <Hint label={hint}>
        <Text
          as="button"
          textStyle="sm"
          color="fg.muted"
          cursor="help"
          textDecoration="underline dotted"
          textUnderlineOffset="3px"
        >
          {label}
        </Text>
      </Hint>
      <Text fontWeight="medium">{value}</Text>
    </div>
  );
}

// How good a version is on pictures that it didn't learn from, with how sure that is.
import { Flex, Text } from "@chakra-ui/react";
import type { Version } from "@/api/types";
import { Hint } from "@/components/ui/Hint";
import { count } from "@/utils/format";

const percent = (value: number) => `${Math.round(100 * value)} %`;

export function VersionFacts({ metrics }: { metrics: Version["metrics"] }) {
  const { parent_validation_loss: before, validation_loss: after, rating_auc: auc } = metrics;
  if (after === null && !auc) return null;
  return (
    <Flex mt="3" columnGap="8" rowGap="3" wrap="wrap" fontVariantNumeric="tabular-nums">
      {after !== null && (
        <Fact
          label="Held-out loss"
          hint="How far off it is on pictures it didn't learn from; lower is better"
          value={before === null ? digits(after) : `${digits(before)} → ${digits(after)}`}
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

// The story of one training, under way or told: what it learns from, how, and what comes of it.
import { Alert, Box, Heading, Separator, Stack, Text } from "@chakra-ui/react";
import { useModels } from "@/api/models";
import { isUnderWay } from "@/api/retrain";
import type { RetrainStatus } from "@/api/types";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { duration } from "@/utils/format";
import { Curves } from "./Curves";
import { methodNames } from "./labels";
import { Outcome } from "./Outcome";
import { Part } from "./Part";
import { dataLine } from "./progress";
import { RunProgress } from "./RunProgress";
import { Samples } from "./Samples";

type Props = { status: RetrainStatus; onPlan: () => void };

export function Run({ status, onPlan }: Props) {
  const { data } = useModels();
  const under = isUnderWay(status.state);
  const parent = data?.items.find(({ name }) => name === status.parent);
  const how = [
    status.method && methodNames[status.method],
    status.parent && `from ${parent?.title ?? status.parent}`,
    status.total_steps > 0 && `up to ${status.total_steps} steps`,
  ];
  return (
    <Stack gap="8" separator={<Separator />}>
      <Part
        number={1}
        title={under ? "What it learns from" : "What it learnt from"}
        summary={dataLine(status) ?? (under ? "Looking at the pictures…" : "Not known")}
      />
      <Part number={2} title="How" summary={how.filter(Boolean).join(", ")}>
        <Options status={status} />
      </Part>
      <Part number={3} title={under ? "What comes of it" : "What came of it"}>
        <Stack gap="8">
          {under ? <RunProgress status={status} /> : <Outcome status={status} onPlan={onPlan} />}
          <Facts status={status} />
          <Curves {...status} />
          <Samples {...status} />
          <Notes notes={status.notes} />
        </Stack>
      </Part>
    </Stack>
  );
}

function Options({ status }: { status: RetrainStatus }) {
  const options = Object.entries(status.options ?? {}).filter(([, value]) => value !== null);
  if (options.length === 0) return null;
  return (
    <Box as="details" textStyle="sm">
      <Box as="summary" cursor="pointer" color="fg.muted" width="fit-content">
        All settings
      </Box>
      <Box
        as="dl"
        mt="3"
        display="grid"
        gridTemplateColumns="repeat(auto-fill, minmax(11rem, 1fr))"
        gap="3"
      >
        {options.map(([name, value]) => (
          <Box key={name}>
            <Box as="dt" color="fg.muted">
              {name.replaceAll("_", " ")}
            </Box>
            <Box as="dd" fontVariantNumeric="tabular-nums" overflowWrap="anywhere">
              {String(value)}
            </Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function Facts({ status }: { status: RetrainStatus }) {
  const { start_time: start, end_time: end, name } = status;
  if (!start) return null;
  const took = end && (Date.parse(end) - Date.parse(start)) / 1000;
  return (
    <Text textStyle="sm" color="fg.muted">
      {name && `${name} · `}started <RelativeTime value={start} />
      {took ? ` · took ${duration(took)}` : ""}
    </Text>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <Box as="section" aria-labelledby="notes">
      <Heading as="h3" size="sm" id="notes" mb="3">
        Worth knowing
      </Heading>
      <Stack gap="2">
        {notes.map((note) => (
          <Alert.Root key={note} status="info" size="sm">
            <Alert.Indicator />
            <Alert.Title fontWeight="normal">{note}</Alert.Title>
          </Alert.Root>
        ))}
      </Stack>
    </Box>
  );
}

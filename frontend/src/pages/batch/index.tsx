import { Box, Button, Collapsible, Heading, Icon, Stack } from "@chakra-ui/react";
import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useBatches } from "@/api/batches";
import { useModels } from "@/api/models";
import { useStyles } from "@/api/prompts";
import { BatchCard } from "@/components/batch/BatchCard";
import { GridPart } from "@/components/batch/GridPart";
import { TablePart } from "@/components/batch/TablePart";
import { modelOf, toBody } from "@/components/generate/draft";
import { samplers, schedules } from "@/components/generate/labels";
import { SettingChips } from "@/components/generate/SettingChips";
import { Settings } from "@/components/generate/Settings";
import { setField, useDraft } from "@/components/generate/useDraft";
import { ChoiceCards } from "@/components/ui/ChoiceCards";
import { Page } from "@/components/ui/Page";
import { load, save } from "@/utils/storage";

type Kind = "prompts" | "grid";
const key = "batchKind";

const named = (labels: Record<string, string>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

export function BatchPage() {
  const draft = useDraft();
  const models = useModels().data?.items ?? [];
  const model = modelOf(draft, models);
  const [kind, setKind] = useState<Kind>(() => load<Kind>(key, "prompts"));
  const [open, setOpen] = useState(false);
  const batches = useBatches().data ?? [];
  const styles = useStyles().data ?? [];
  const { prompt: _typed, ...defaults } = toBody(draft, model);

  const settings = (
    <Box>
      <Heading as="h2" size="sm" mb="2">
        Settings of all of them
      </Heading>
      <SettingChips draft={draft} model={model} onPick={() => setOpen(true)} />
      <Collapsible.Root
        open={open}
        onOpenChange={(event) => setOpen(event.open)}
        lazyMount
        unmountOnExit
      >
        <Collapsible.Trigger asChild>
          <Button size="xs" variant="ghost" mt="2">
            <Icon as={SlidersHorizontal} aria-hidden />
            {open ? "Fold the settings away" : "Change the settings"}
          </Button>
        </Collapsible.Trigger>
        <Collapsible.Content pt="4" px="0.5">
          <Settings draft={draft} models={models} model={model} errors={{}} onChange={() => {}} />
        </Collapsible.Content>
      </Collapsible.Root>
    </Box>
  );

  return (
    <Page
      title="Many at once"
      width="4xl"
      actions={
        <Button asChild size="sm" variant="ghost">
          <Link to="/queue">Queue</Link>
        </Button>
      }
    >
      <ChoiceCards
        label="What to draw"
        value={kind}
        onChange={(next: Kind) => {
          setKind(next);
          save(key, next);
        }}
        ways={[
          {
            value: "prompts",
            label: "Many prompts",
            hint: "One per line, or a CSV with settings for each.",
          },
          {
            value: "grid",
            label: "A grid",
            hint: "One prompt over one or two settings, side by side.",
          },
        ]}
      />
      <Box mt="6">
        {kind === "prompts" ? (
          <TablePart defaults={defaults}>{settings}</TablePart>
        ) : (
          <GridPart
            prompt={draft.prompt}
            defaults={defaults}
            onPrompt={(text) => setField("prompt", text)}
            choices={{
              sampler: named(samplers),
              schedule: named(schedules),
              model: models
                .filter(({ state }) => state === "ready")
                .map(({ name, title }) => ({ value: name, label: title })),
              styles: styles.map(({ name }) => ({ value: name, label: name })),
            }}
          >
            {settings}
          </GridPart>
        )}
      </Box>
      {batches.length > 0 && (
        <Box as="section" aria-labelledby="batches" mt="10">
          <Heading as="h2" id="batches" size="md" mb="3">
            Batches
          </Heading>
          <Stack as="ul" listStyleType="none" gap="3">
            {batches.map((batch) => (
              <BatchCard key={batch.id} batch={batch} />
            ))}
          </Stack>
        </Box>
      )}
    </Page>
  );
}

// Part one: what it will learn from, and what of that was left out and why.
import {
  Box,
  Button,
  Link as ChakraLink,
  Field,
  Flex,
  Input,
  Skeleton,
  Stack,
  Text,
} from "@chakra-ui/react";
import { Link } from "react-router";
import type { RetrainPreview, Taste } from "@/api/types";
import { TasteMeter } from "@/components/rating/TasteMeter";
import { ChoiceCards } from "@/components/ui/ChoiceCards";
import { Failed } from "@/components/ui/Failed";
import { count } from "@/utils/format";
import type { Draft, FieldErrors } from "./draft";
import { Lessons } from "./Lessons";
import { sources } from "./labels";
import { Part } from "./Part";
import { Rejected } from "./Rejected";
import { fieldId } from "./SettingField";
import { changeDraft } from "./useDraft";

type Props = {
  draft: Draft;
  errors: FieldErrors;
  onChange: (field: "dataset") => void;
  taste: Taste | undefined;
  preview: RetrainPreview | undefined;
  /** The dataset that is taken where none is named. */
  suggestion: string | undefined;
  /** The preview shown belongs to an earlier choice. */
  stale: boolean;
  error: Error | null;
  onRetry: () => void;
  onMore: (() => void) | null;
};

export function SourcePart(props: Props) {
  const { draft, errors, onChange, taste, preview, suggestion, stale, error, onRetry, onMore } =
    props;
  const rated = draft.source !== "dataset";
  const waiting = !rated && !draft.dataset.trim();
  return (
    <Part number={1} title="What it will learn from">
      <Stack gap="5">
        <ChoiceCards
          label="What to learn from"
          ways={sources}
          value={draft.source}
          onChange={(source) => changeDraft({ source, captions: {} })}
        />
        {draft.source !== "feedback" && (
          <Field.Root id={fieldId("dataset")} invalid={Boolean(errors.dataset)} maxWidth="md">
            <Field.Label>Dataset</Field.Label>
            <Input
              value={draft.dataset}
              placeholder="owner/name"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => {
                changeDraft({ dataset: event.target.value, captions: {} });
                onChange("dataset");
              }}
            />
            {errors.dataset ? (
              <Field.ErrorText>{errors.dataset}</Field.ErrorText>
            ) : (
              <Field.HelperText>
                A dataset on the Hugging Face hub with a column of pictures and one of captions.
              </Field.HelperText>
            )}
            {suggestion && !draft.dataset.trim() && (
              <Button
                size="sm"
                variant="outline"
                onClick={() => changeDraft({ dataset: suggestion, captions: {} })}
              >
                Use {suggestion}
              </Button>
            )}
          </Field.Root>
        )}
        {rated && taste && <Ratings taste={taste} />}
        {waiting ? null : error ? (
          <Failed what="What it would learn from" error={error} onRetry={onRetry} />
        ) : preview ? (
          <Stack gap="5" opacity={stale ? 0.5 : 1} aria-busy={stale}>
            <Counts preview={preview} />
            <Lessons preview={preview} captions={draft.captions} onMore={onMore} />
            <Rejected preview={preview} />
          </Stack>
        ) : (
          <Stack gap="3" aria-busy>
            <Skeleton height="5" width="16rem" />
            <Skeleton height="32" rounded="l2" />
          </Stack>
        )}
      </Stack>
    </Part>
  );
}

function Ratings({ taste }: { taste: Taste }) {
  return (
    <Flex
      gap={{ base: "4", md: "8" }}
      direction={{ base: "column", md: "row" }}
      rounded="l3"
      bg="bg.subtle"
      p="4"
    >
      <Box flex="1" minWidth="0">
        <TasteMeter taste={taste} full />
      </Box>
      <Stack gap="1" textStyle="sm" align="start">
        <Text>
          {count(taste.liked, "picture")} liked, {taste.disliked} disliked
        </Text>
        {taste.preferences > 0 && <Text>{count(taste.preferences, "comparison")}</Text>}
        {taste.unrated > 0 && (
          <ChakraLink asChild color="accent.fg" variant="underline">
            <Link to="/rate">Rate {count(taste.unrated, "more picture")}</Link>
          </ChakraLink>
        )}
      </Stack>
    </Flex>
  );
}

function Counts({ preview }: { preview: RetrainPreview }) {
  const { accepted, total, duplicates, mapping, sampled } = preview;
  const parts = [
    `${count(accepted, "picture")} to learn from`,
    accepted < total && `${count(total - accepted, "other")} left out`,
    duplicates > 0 && `${count(duplicates, "duplicate")} among them`,
  ];
  return (
    <Box>
      <Text fontWeight="medium">{parts.filter(Boolean).join(", ")}</Text>
      {mapping && (
        <Text textStyle="sm" color="fg.muted">
          {`Pictures come from the column “${mapping.image}”, `}
          {mapping.caption ? `captions from “${mapping.caption}”.` : "captions from nowhere."}
        </Text>
      )}
      {sampled && (
        <Text textStyle="sm" color="fg.muted">
          Only the first rows were looked at; the training reads all of them.
        </Text>
      )}
    </Box>
  );
}

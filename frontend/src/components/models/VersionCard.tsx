// A trained version: where it comes from, how good it is, what it draws, what can be done with it.
import { Badge, Box, Link as ChakraLink, Flex, Heading, Text } from "@chakra-ui/react";
import { useState } from "react";
import { Link } from "react-router";
import type { Model, Version } from "@/api/types";
import { Compare } from "@/components/ui/Compare";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { bytes, count } from "@/utils/format";
import { ModelActions } from "./ModelActions";
import { TitleEditor } from "./TitleEditor";
import { VersionActions } from "./VersionActions";
import { VersionFacts } from "./VersionFacts";

const methods: Readonly<Record<string, string>> = {
  full: "Full",
  lora: "LoRA",
  preference: "Preference",
  imported: "Imported",
};

type Props = {
  model: Model;
  version: Version;
  /** What it was trained from, if that is still there. */
  parent: Model | undefined;
};

export function VersionCard({ model, version, parent }: Props) {
  const [renaming, setRenaming] = useState(false);
  const [open, setOpen] = useState(false);
  const heading = `model-${model.name}`;
  const { grid_before_url: before, grid_after_url: after, metrics } = version;
  const worse = metrics.better_than_parent === false;
  return (
    <Box
      as="article"
      aria-labelledby={heading}
      rounded="l3"
      borderWidth="1px"
      borderColor={model.active ? "accent.solid" : "border.muted"}
      bg="bg.panel"
      p={{ base: "4", md: "5" }}
    >
      <Flex gap="3" align="center" wrap="wrap">
        {renaming ? (
          <TitleEditor model={model} headingId={heading} onDone={() => setRenaming(false)} />
        ) : (
          <Heading as="h2" id={heading} size="md" overflowWrap="anywhere">
            {model.title}
          </Heading>
        )}
        {model.active && <Badge colorPalette="accent">Draws now</Badge>}
        {metrics.better_than_parent && <Badge colorPalette="green">Better than before</Badge>}
        {worse && <Badge colorPalette="orange">Not better than before</Badge>}
        <Box flex="1" />
        <ModelActions model={model} />
      </Flex>
      <Text mt="1.5" textStyle="sm" color="fg.muted">
        {[
          methods[version.method] ?? version.method,
          version.steps > 0 && count(version.steps, "step"),
          version.trained_on !== null && count(version.trained_on, "picture"),
          `from ${parent?.title ?? version.parent}`,
        ]
          .filter(Boolean)
          .join(" · ")}
        {version.created_at && (
          <>
            {" · "}
            <RelativeTime value={version.created_at} />
          </>
        )}
        {" · "}
        {version.images > 0 ? (
          <ChakraLink asChild color="accent.fg" variant="underline">
            <Link to={`/gallery?model=${encodeURIComponent(model.name)}`}>
              drew {count(version.images, "picture")}
            </Link>
          </ChakraLink>
        ) : (
          "drew nothing yet"
        )}
        {model.size_bytes !== null && ` · ${bytes(model.size_bytes)}`}
      </Text>
      <VersionFacts model={model} metrics={metrics} parent={parent} />
      {model.error && (
        <Text mt="3" role="alert" color="fg.error">
          {model.error}
        </Text>
      )}
      <Flex mt="3" gap="2" align="center" wrap="wrap">
        <VersionActions model={model} parent={parent} onRename={() => setRenaming(true)} />
      </Flex>
      <Box asChild mt="3" textStyle="sm">
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <Box as="summary" cursor="pointer" color="fg.muted" width="fit-content">
            {before && after ? "Before and after, all settings" : "All settings"}
          </Box>
          {open && (
            <Box mt="4">
              {before && after && (
                <Compare
                  before={{
                    src: before,
                    label: `Before: ${parent?.title ?? version.parent}`,
                    alt: "Samples of the parent",
                  }}
                  after={{
                    src: after,
                    label: `After: ${model.title}`,
                    alt: `The same samples, drawn by ${model.title}`,
                  }}
                />
              )}
              <Settings model={model} version={version} />
            </Box>
          )}
        </details>
      </Box>
    </Box>
  );
}

function Settings({ model, version }: { model: Model; version: Version }) {
  const libraries = Object.entries(version.libraries).map((pair) => pair.join(" "));
  const rows = [
    ["Name", model.name],
    ["Data", version.data_source],
    ["Words that call for its look", version.style],
    ["Data's fingerprint", version.data_hash],
    ["Held back", version.held_out === null ? null : count(version.held_out, "picture")],
    ...Object.entries(version.options).map(([name, value]) => [
      name.replaceAll("_", " "),
      value === null ? null : String(value),
    ]),
    ["Libraries", libraries.join(", ") || null],
  ].filter(([, value]) => value !== null);
  return (
    <Box
      as="dl"
      mt="5"
      display="grid"
      gridTemplateColumns="repeat(auto-fill, minmax(11rem, 1fr))"
      gap="3"
    >
      {rows.map(([name, value]) => (
        <Box key={name}>
          <Box as="dt" color="fg.muted">
            {name}
          </Box>
          <Box as="dd" overflowWrap="anywhere" fontVariantNumeric="tabular-nums">
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

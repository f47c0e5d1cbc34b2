// One model: what it is, whether it can draw, what it draws with, what can be done about it.
import { Badge, Box, DataList, Flex, Heading, Text } from "@chakra-ui/react";
import type { Model } from "@/api/types";
import { bytes, percent } from "@/utils/format";
import { DownloadProgress } from "./DownloadProgress";
import { ModelActions } from "./ModelActions";

function stateOf({ state, progress }: Model): { text: string; palette: string } {
  if (state === "ready") return { text: "Ready", palette: "green" };
  if (state === "failed") return { text: "Failed", palette: "red" };
  if (state === "refused") return { text: "Refused", palette: "red" };
  if (state === "not_downloaded") return { text: "Not downloaded", palette: "gray" };
  const total = progress?.total_bytes;
  const share = progress && total ? ` ${percent(progress.downloaded_bytes, total)} %` : "";
  return { text: `Downloading${share}`, palette: "blue" };
}

function factsOf(model: Model): [string, string][] {
  const { defaults, size_bytes: size } = model;
  const facts: [string, string][] = [
    ["Source", model.source === "embedded" ? "Comes with Tastemaker" : model.source],
  ];
  if (model.base) facts.push(["LoRA on", model.base]);
  if (model.family) facts.unshift(["Kind", model.family]);
  if (size !== null) facts.push(["Size", bytes(size)]);
  if (defaults) {
    if (model.own_sampler) facts.push(["Sampler", "Its own"]);
    facts.push(
      ["Draws", `${defaults.width} × ${defaults.height} pixels, up to ${model.max_size}`],
      ["Steps", String(defaults.num_inference_steps)],
      ["Guidance", String(defaults.guidance_scale)],
    );
  }
  if (model.state === "ready") {
    facts.push(["Safety checker", model.has_safety_checker ? "Yes" : "None"]);
  }
  return facts;
}

export function ModelCard({ model }: { model: Model }) {
  const state = stateOf(model);
  const heading = `model-${model.name}`;
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
        <Heading as="h2" id={heading} size="lg">
          {model.title}
        </Heading>
        {model.active && <Badge colorPalette="accent">Draws now</Badge>}
        <Badge colorPalette={state.palette}>{state.text}</Badge>
        <Box flex="1" />
        <ModelActions model={model} />
      </Flex>
      {model.notice && (
        <Text mt="2" color="fg.muted">
          {model.notice}
        </Text>
      )}
      {model.state === "downloading" && (
        <Box mt="4">
          <DownloadProgress model={model} />
        </Box>
      )}
      {model.error && (
        <Text mt="3" role="alert" color="fg.error">
          {model.error}
        </Text>
      )}
      <DataList.Root
        mt="4"
        display="grid"
        gridTemplateColumns="repeat(auto-fill, minmax(8.5rem, 1fr))"
        gap="4"
      >
        {factsOf(model).map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel color="fg.muted">{label}</DataList.ItemLabel>
            <DataList.ItemValue wordBreak="break-word">{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
      </DataList.Root>
    </Box>
  );
}

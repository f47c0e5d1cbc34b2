// On the generator: what draws now, honestly, and how the larger model is coming along.
import { Box, CloseButton, Flex, Text } from "@chakra-ui/react";
import { useState } from "react";
import { useModels } from "@/api/models";
import type { Model } from "@/api/types";
import { load, save } from "@/utils/storage";
import { DownloadProgress } from "./DownloadProgress";
import { ModelActions } from "./ModelActions";

const key = "dismissedModelNotice";

function coming(models: readonly Model[]): Model | undefined {
  const others = models.filter(
    (model) => !model.active && model.kind !== "embedded" && model.kind !== "trained",
  );
  return others.find(({ state }) => state === "downloading") ?? others[0];
}

function sentence(model: Model): string {
  if (model.state === "ready") return `${model.title} is ready.`;
  if (model.state === "downloading") return `${model.title} is on its way.`;
  if (model.state === "failed") return `${model.title} isn't here: ${model.error ?? "unknown why"}`;
  return `${model.title} draws larger and richer pictures.`;
}

export function BaseModelNotice() {
  const models = useModels().data?.items ?? [];
  const [dismissed, setDismissed] = useState(() => load(key, ""));
  const active = models.find((model) => model.active);
  const model = coming(models);
  // A new state is news again, even when an older one was dismissed.
  const news = [active?.name, model?.name, model?.state].join(" ");
  if (active?.source !== "embedded" || dismissed === news) return null;
  return (
    <Flex
      as="aside"
      aria-label="Models"
      gap="4"
      align="start"
      rounded="l3"
      bg="bg.subtle"
      px="4"
      py="3"
      textStyle="sm"
    >
      <Box flex="1" minWidth="0">
        <Text>
          <b>{active.title}</b> draws now. {active.notice}
        </Text>
        {model && (
          <Flex gap="3" mt="2" align="center" wrap="wrap">
            <Box flex="1" minWidth="2xs">
              <Text color="fg.muted" mb={model.state === "downloading" ? "1.5" : "0"}>
                {sentence(model)} {model.notice}
              </Text>
              {model.state === "downloading" && <DownloadProgress model={model} />}
            </Box>
            <ModelActions model={model} size="xs" />
          </Flex>
        )}
      </Box>
      <CloseButton
        size="xs"
        aria-label="Hide this notice"
        onClick={() => {
          setDismissed(news);
          save(key, news);
        }}
      />
    </Flex>
  );
}

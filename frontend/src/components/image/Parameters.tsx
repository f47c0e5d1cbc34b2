// Every parameter of a picture as a list to read, each value one click from the clipboard.
import {
  Button,
  Link as ChakraLink,
  DataList,
  Flex,
  Heading,
  HStack,
  Icon,
} from "@chakra-ui/react";
import { ClipboardList } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useModels } from "@/api/models";
import type { Image } from "@/api/types";
import { Look, lookText } from "@/components/picture/Look";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { CopyButton, copy } from "./CopyButton";
import { parametersOf, parametersText } from "./parameters";

export function Parameters({ image }: { image: Image }) {
  const { data: models } = useModels();
  const { style_reference: style } = image.params;
  const model = models?.items.find(({ name }) => name === image.model);
  return (
    <section aria-labelledby="parameters">
      <HStack justify="space-between" mb="3">
        <Heading as="h2" size="sm" id="parameters">
          Parameters
        </Heading>
        <Button
          size="xs"
          variant="ghost"
          onClick={() => void copy(parametersText(image), "All parameters")}
        >
          <Icon as={ClipboardList} boxSize="4" aria-hidden />
          Copy all
        </Button>
      </HStack>
      <DataList.Root orientation="horizontal" gap="2.5" size="md">
        {image.title && <Row name="Prompt" value={image.prompt} copy={image.prompt} />}
        {parametersOf(image).map(({ name, value, copy: text = value }) => (
          <Row key={name} name={name} value={value} copy={text} />
        ))}
        {style && <Row name="Style" value={<Look reference={style} />} copy={lookText(style)} />}
        {image.model && (
          <Row
            name="Model"
            copy={image.model}
            value={
              models && !model ? (
                // A model of another program, or one that was deleted.
                image.model
              ) : (
                <ChakraLink asChild colorPalette="accent" variant="underline" color="accent.fg">
                  <Link to={`/models#${image.model}`}>{model?.title ?? image.model}</Link>
                </ChakraLink>
              )
            }
          />
        )}
        <Row name="Drawn" value={<RelativeTime value={image.created_at} />} />
        <Row name="Picture" value={`No. ${image.id}`} copy={String(image.id)} />
      </DataList.Root>
    </section>
  );
}

function Row({ name, value, copy: text }: { name: string; value: ReactNode; copy?: string }) {
  return (
    <DataList.Item alignItems="flex-start">
      <DataList.ItemLabel minWidth="8.5rem" color="fg.muted">
        {name}
      </DataList.ItemLabel>
      <DataList.ItemValue minWidth="0">
        <Flex flex="1" align="flex-start" justify="space-between" gap="2" minWidth="0">
          <span style={{ overflowWrap: "anywhere" }}>{value}</span>
          {text && <CopyButton text={text} what={name} />}
        </Flex>
      </DataList.ItemValue>
    </DataList.Item>
  );
}

// What came of a training, in plain sentences, and what to do with it.
import {
  Alert,
  Badge,
  Button,
  Link as ChakraLink,
  Flex,
  Icon,
  Stack,
  Text,
} from "@chakra-ui/react";
import { Check, Undo2 } from "lucide-react";
import { Link } from "react-router";
import { useActivateModel, useModels } from "@/api/models";
import { useResume } from "@/api/retrain";
import type { Model, RetrainStatus } from "@/api/types";
import { notify, notifyError } from "@/components/ui/toaster";

type Props = { status: RetrainStatus; onPlan: () => void };

export function Outcome({ status, onPlan }: Props) {
  const { data } = useModels();
  const model = data?.items.find(({ name }) => name === status.model);
  const parent = data?.items.find(({ name }) => name === status.parent);
  if (status.state === "succeeded") {
    return <Succeeded status={status} known={data !== undefined} model={model} parent={parent} />;
  }
  return <Stopped status={status} onPlan={onPlan} />;
}

type SucceededProps = {
  status: RetrainStatus;
  /** The list of models is there. */
  known: boolean;
  model: Model | undefined;
  parent: Model | undefined;
};

function Succeeded({ status, known, model, parent }: SucceededProps) {
  const activate = useActivateModel();
  const [first = "The training is done.", ...rest] = status.summary;
  const worse = status.metrics?.better_than_parent === false;
  const use = (name: string, told: string) =>
    activate.mutate(name, {
      onSuccess: () => notify(told),
      onError: (error) => notifyError(error, "Nothing was switched"),
    });
  return (
    <Stack
      gap="3"
      rounded="l3"
      borderWidth="1px"
      borderColor={worse ? "border" : "accent.border"}
      bg={worse ? "bg.subtle" : "accent.subtle"}
      p={{ base: "4", md: "5" }}
    >
      <Text textStyle="xl" fontWeight="medium" maxWidth="60ch">
        {first}
      </Text>
      {rest.map((sentence) => (
        <Text key={sentence} color="fg.muted" maxWidth="70ch">
          {sentence}
        </Text>
      ))}
      <Flex gap="3" align="center" wrap="wrap">
        {model?.active ? (
          <>
            <Badge colorPalette="accent" size="lg">
              <Icon as={Check} boxSize="4" aria-hidden />
              Draws now
            </Badge>
            {parent && (
              <Button
                variant="outline"
                loading={activate.isPending}
                onClick={() => use(parent.name, `${parent.title} draws again`)}
              >
                <Icon as={Undo2} boxSize="4" aria-hidden />
                Roll back to {parent.title}
              </Button>
            )}
            <Button asChild colorPalette="accent">
              <Link to="/">Generate with it</Link>
            </Button>
          </>
        ) : model ? (
          <Button
            colorPalette="accent"
            variant={worse ? "outline" : "solid"}
            loading={activate.isPending}
            onClick={() => use(model.name, `${model.title} draws from now on`)}
          >
            {worse ? "Use it nevertheless" : "Use it"}
          </Button>
        ) : (
          known && <Text color="fg.muted">The version has been deleted since.</Text>
        )}
        {model && (
          <ChakraLink asChild color="accent.fg" variant="underline">
            <Link to={`/models#${model.name}`}>See {model.title} among the models</Link>
          </ChakraLink>
        )}
      </Flex>
    </Stack>
  );
}

function Stopped({ status, onPlan }: Props) {
  const resume = useResume();
  const failed = status.state === "failed";
  const [first, ...rest] = status.summary;
  const sentence = failed
    ? (status.error ?? "The training failed, and no reason was given. Try again.")
    : (first ?? "Cancelled. No version came of it.");
  return (
    <Alert.Root status={failed ? "error" : "neutral"}>
      <Alert.Indicator />
      <Alert.Content>
        <Alert.Title>{failed ? "The training failed" : "The training was stopped"}</Alert.Title>
        <Alert.Description>
          {sentence}
          {(failed ? status.summary : rest).map((more) => (
            <Text key={more} mt="1">
              {more}
            </Text>
          ))}
        </Alert.Description>
        <Flex gap="2" mt="3" wrap="wrap">
          {status.resumable && (
            <Button
              size="sm"
              variant="outline"
              loading={resume.isPending}
              loadingText="Going on"
              onClick={() =>
                resume.mutate(undefined, {
                  onError: (error) => notifyError(error, "It didn't go on"),
                })
              }
            >
              Go on where it stopped
            </Button>
          )}
          <Button size="sm" variant="outline" onClick={onPlan}>
            Plan another
          </Button>
        </Flex>
      </Alert.Content>
    </Alert.Root>
  );
}

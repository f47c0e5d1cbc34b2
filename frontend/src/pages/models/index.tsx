import { Skeleton, Stack } from "@chakra-ui/react";
import { Boxes } from "lucide-react";
import { useModels } from "@/api/models";
import { ModelCard } from "@/components/models/ModelCard";
import { Failed } from "@/components/ui/Failed";
import { Notice } from "@/components/ui/Notice";
import { Page } from "@/components/ui/Page";

function Models() {
  const { data, error, refetch } = useModels();
  if (data && data.items.length > 0) {
    return (
      <Stack gap="4">
        {data.items.map((model) => (
          <ModelCard key={model.name} model={model} />
        ))}
      </Stack>
    );
  }
  if (data) {
    return (
      <Notice icon={Boxes} title="No model is installed">
        Without one nothing can be drawn. Start the studio again to get the starter back.
      </Notice>
    );
  }
  if (error) return <Failed what="The list of models" error={error} onRetry={refetch} />;
  return (
    <Stack gap="4" aria-busy>
      <Skeleton height="44" rounded="l3" />
      <Skeleton height="44" rounded="l3" />
    </Stack>
  );
}

export function ModelsPage() {
  return (
    <Page title="Models" width="4xl">
      <Models />
    </Page>
  );
}

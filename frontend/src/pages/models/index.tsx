import { Skeleton, Stack } from "@chakra-ui/react";
import { Boxes } from "lucide-react";
import { useEffect } from "react";
import { useLocation } from "react-router";
import { useConnection } from "@/api/connection";
import { useModels } from "@/api/models";
import { ImportDialog } from "@/components/models/ImportDialog";
import { ModelTree } from "@/components/models/ModelTree";
import { Failed } from "@/components/ui/Failed";
import { Notice } from "@/components/ui/Notice";
import { Offline } from "@/components/ui/Offline";
import { Page } from "@/components/ui/Page";

function Models() {
  const { data, error, refetch } = useModels();
  const offline = useConnection() === "offline";
  if (data && data.items.length > 0) {
    return <ModelTree models={data.items} />;
  }
  if (data) {
    return (
      <Notice icon={Boxes} title="No model is installed">
        Without one nothing can be drawn. Start the studio again to get the starter back.
      </Notice>
    );
  }
  if (error) return <Failed what="The list of models" error={error} onRetry={refetch} />;
  if (offline) return <Offline what="Your models appear" />;
  return (
    <Stack gap="4" aria-busy>
      <Skeleton height="44" rounded="l3" />
      <Skeleton height="44" rounded="l3" />
    </Stack>
  );
}

/** `#<name>` leads to that model, as links from pictures and trainings do. */
function useAnchor(ready: boolean): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (!ready || !hash) return;
    const heading = document.getElementById(`model-${decodeURIComponent(hash.slice(1))}`);
    heading?.closest("article")?.scrollIntoView({ block: "center" });
  }, [ready, hash]);
}

export function ModelsPage() {
  const { data } = useModels();
  useAnchor(data !== undefined);
  return (
    <Page title="Models" width="4xl" actions={data && <ImportDialog models={data.items} />}>
      <Models />
    </Page>
  );
}

import { Button, Skeleton, Stack } from "@chakra-ui/react";
import { FileQuestion } from "lucide-react";
import { Link, useParams } from "react-router";
import { useBatch } from "@/api/batches";
import { useModels } from "@/api/models";
import { ApiProblem } from "@/api/problem";
import { BatchProgress } from "@/components/batch/BatchProgress";
import { GridResult } from "@/components/batch/GridResult";
import { RowsResult } from "@/components/batch/RowsResult";
import { samplers, schedules } from "@/components/generate/labels";
import { Failed } from "@/components/ui/Failed";
import { Notice } from "@/components/ui/Notice";
import { Page } from "@/components/ui/Page";

const labels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sampler: samplers,
  schedule: schedules,
};

export function BatchDetailPage() {
  const { id = "" } = useParams();
  const { data: batch, error, refetch } = useBatch(id);
  const models = useModels().data?.items ?? [];
  const all = (
    <Button asChild size="sm" variant="ghost">
      <Link to="/batch">All batches</Link>
    </Button>
  );

  if (!batch && error instanceof ApiProblem && error.status === 404) {
    return (
      <Page title="No such batch" actions={all}>
        <Notice icon={FileQuestion} title="This batch isn't there">
          It may have been cleared away. Its pictures are in the gallery.
        </Notice>
      </Page>
    );
  }
  function nameOf(parameter: string, value: string): string {
    if (parameter === "model") return models.find(({ name }) => name === value)?.title ?? value;
    return labels[parameter]?.[value] ?? (value || "(nothing)");
  }
  return (
    <Page title={batch?.title ?? "Batch"} actions={all} width="6xl">
      {batch && (
        <Stack gap="6">
          <BatchProgress batch={batch} />
          {batch.kind === "grid" ? (
            <GridResult batch={batch} names={nameOf} />
          ) : (
            <RowsResult batch={batch} />
          )}
        </Stack>
      )}
      {!batch && error && <Failed what="The batch" error={error} onRetry={refetch} />}
      {!batch && !error && <Skeleton height="24" rounded="l3" aria-busy />}
    </Page>
  );
}

import { Button, Skeleton, Stack } from "@chakra-ui/react";
import { useSearchParams } from "react-router";
import { isUnderWay, useRetrainStatus } from "@/api/retrain";
import { Plan } from "@/components/retrain/Plan";
import { Run } from "@/components/retrain/Run";
import { Failed } from "@/components/ui/Failed";
import { Page } from "@/components/ui/Page";

export function RetrainPage() {
  const { data: status, error, refetch } = useRetrainStatus();
  // In the address, so that a reload doesn't lose the way to the next training.
  const [params, setParams] = useSearchParams();
  const planning = params.has("plan");
  const plan = (on: boolean) => setParams(on ? { plan: "" } : {}, { preventScrollReset: !on });

  const ever = status !== undefined && status.state !== "idle";
  const under = ever && isUnderWay(status.state);
  const story = ever && (under || !planning);
  return (
    <Page
      title="Retrain"
      actions={
        ever && !under ? (
          <Button variant="outline" onClick={() => plan(!planning)}>
            {planning ? "Back to the last training" : "Train again"}
          </Button>
        ) : null
      }
    >
      {status ? (
        story ? (
          <Run status={status} onPlan={() => plan(true)} />
        ) : (
          <Plan onStarted={() => plan(false)} />
        )
      ) : error ? (
        <Failed what="The training" error={error} onRetry={() => void refetch()} />
      ) : (
        <Stack gap="6" aria-busy>
          <Skeleton height="8" width="18rem" />
          <Skeleton height="40" rounded="l3" />
          <Skeleton height="40" rounded="l3" />
        </Stack>
      )}
    </Page>
  );
}

import { Button, Skeleton, Stack } from "@chakra-ui/react";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { useConnection } from "@/api/connection";
import { isUnderWay, useRetrainStatus } from "@/api/retrain";
import { Plan } from "@/components/retrain/Plan";
import { Run } from "@/components/retrain/Run";
import { Failed } from "@/components/ui/Failed";
import { Offline } from "@/components/ui/Offline";
import { Page } from "@/components/ui/Page";

export function RetrainPage() {
  const { data: status, error, refetch } = useRetrainStatus();
  const offline = useConnection() === "offline";
  // In the address, so that a reload doesn't lose the way to the next training.
  const [params, setParams] = useSearchParams();
  const planning = params.has("plan");
  const plan = (on: boolean) => setParams(on ? { plan: "" } : {}, { preventScrollReset: !on });

  const ever = status !== undefined && status.state !== "idle";
  const under = ever && isUnderWay(status.state);
  // A training that was started elsewhere is followed to its end.
  useEffect(() => {
    if (under && planning) setParams({}, { replace: true });
  }, [under, planning, setParams]);
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
      ) : offline ? (
        <Offline what="Your trainings appear" />
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

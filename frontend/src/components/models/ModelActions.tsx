// What can be done with a model in its present state.
import { Button, Flex } from "@chakra-ui/react";
import { useActivateModel, useStartDownload, useStopDownload } from "@/api/models";
import type { Model } from "@/api/types";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";

export function ModelActions({ model, size = "sm" }: { model: Model; size?: "xs" | "sm" }) {
  const activate = useActivateModel();
  const start = useStartDownload();
  const stop = useStopDownload();
  const { name, title, state } = model;
  const onError = (error: Error) => notifyError(error);

  if (state === "ready") {
    if (model.active) return null;
    return (
      <Button
        size={size}
        colorPalette="accent"
        loading={activate.isPending}
        onClick={() =>
          activate.mutate(name, { onSuccess: () => notify(`${title} draws from now on`), onError })
        }
      >
        Use it
      </Button>
    );
  }
  if (state === "downloading") {
    return (
      <Button
        size={size}
        variant="outline"
        loading={stop.isPending}
        onClick={() =>
          stop.mutate(name, { onSuccess: () => announce(`Download of ${title} stopped`), onError })
        }
      >
        Stop
      </Button>
    );
  }
  // What was put there by hand can't be fetched from anywhere.
  if (model.kind !== "base") return null;
  return (
    <Flex>
      <Button
        size={size}
        variant="outline"
        loading={start.isPending}
        onClick={() =>
          start.mutate(name, { onSuccess: () => announce(`Downloading ${title}`), onError })
        }
      >
        {state === "failed" ? "Try again" : "Download"}
      </Button>
    </Flex>
  );
}

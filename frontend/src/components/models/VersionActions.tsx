// What can be done with a version besides drawing with it.
import { Button, Icon, Text } from "@chakra-ui/react";
import { Download, Pencil, Trash2, Undo2 } from "lucide-react";
import { useId, useState } from "react";
import { exportUrl, useActivateModel, useDeleteModel } from "@/api/models";
import type { Model } from "@/api/types";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { notify, notifyError } from "@/components/ui/toaster";

type Props = { model: Model; parent: Model | undefined; onRename: () => void };

export function VersionActions({ model, parent, onRename }: Props) {
  const [asking, setAsking] = useState(false);
  const reason = useId();
  const activate = useActivateModel();
  const remove = useDeleteModel();
  const { name, title, deletable, delete_reason } = model;
  return (
    <>
      {model.active && parent?.state === "ready" && (
        <Button
          size="xs"
          variant="outline"
          loading={activate.isPending}
          onClick={() =>
            activate.mutate(parent.name, {
              onSuccess: () => notify(`${parent.title} draws again`),
              onError: (error) => notifyError(error),
            })
          }
        >
          <Icon as={Undo2} boxSize="3.5" aria-hidden />
          Roll back to {parent.title}
        </Button>
      )}
      <Button size="xs" variant="ghost" onClick={onRename}>
        <Icon as={Pencil} boxSize="3.5" aria-hidden />
        Rename
      </Button>
      <Button asChild size="xs" variant="ghost">
        <a href={exportUrl(name)} download>
          <Icon as={Download} boxSize="3.5" aria-hidden />
          Export
        </a>
      </Button>
      <Button
        size="xs"
        variant="ghost"
        // Not `disabled`: whoever comes by with the keyboard finds it, and hears the reason.
        aria-disabled={!deletable}
        aria-describedby={deletable ? undefined : reason}
        cursor={deletable ? undefined : "not-allowed"}
        loading={remove.isPending}
        onClick={() => {
          if (deletable) setAsking(true);
        }}
      >
        <Icon as={Trash2} boxSize="3.5" aria-hidden />
        Delete
      </Button>
      {!deletable && (
        <Text id={reason} textStyle="xs" color="fg.muted" flexBasis={{ base: "full", md: "auto" }}>
          {delete_reason}
        </Text>
      )}
      <ConfirmDialog
        open={asking}
        title={`Delete ${title} for ever?`}
        action="Delete for ever"
        onConfirm={() =>
          remove.mutate(name, {
            onSuccess: () => notify(`${title} is deleted`),
            onError: (error) => notifyError(error, "It wasn't deleted"),
          })
        }
        onClose={() => setAsking(false)}
      >
        What it learnt is gone then; the pictures it drew stay. This can't be undone.
      </ConfirmDialog>
    </>
  );
}

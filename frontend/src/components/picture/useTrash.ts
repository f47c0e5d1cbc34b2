// To the trash and back, each with a word about it and a way to undo.
import { useCallback } from "react";
import { useSetDeleted } from "@/api/images";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { count } from "@/utils/format";

export function useTrash(): (ids: readonly number[], deleted?: boolean) => void {
  const { mutateAsync } = useSetDeleted();
  return useCallback(
    (ids, deleted = true) => {
      if (ids.length === 0) return;
      const send = (to: boolean) =>
        mutateAsync({ ids, deleted: to }).catch((error: unknown) =>
          notifyError(error, to ? "The trash didn't take it" : "The picture couldn't be restored"),
        );
      const pictures = count(ids.length, "picture");
      const told = deleted ? `${pictures} moved to the trash` : `${pictures} restored`;
      void send(deleted);
      notify(told, {
        label: "Undo",
        onClick: () => {
          void send(!deleted);
          announce("Undone");
        },
      });
    },
    [mutateAsync],
  );
}

// One picture with everything that is known about it and everything that can be done with it.
import { Button, Icon, Separator, Stack } from "@chakra-ui/react";
import { ArrowLeft } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { useDeleteForEver } from "@/api/images";
import type { Image } from "@/api/types";
import { Flagged } from "@/components/image/Flagged";
import { ImageActions } from "@/components/image/ImageActions";
import { InTrash } from "@/components/image/InTrash";
import { Layout } from "@/components/image/Layout";
import { Parameters } from "@/components/image/Parameters";
import { Stage } from "@/components/image/Stage";
import { Tags } from "@/components/image/Tags";
import { TitleField } from "@/components/image/TitleField";
import { useDeleteKey } from "@/components/image/useImageKeys";
import type { Way } from "@/components/image/useWay";
import { Vary } from "@/components/image/Vary";
import { describe } from "@/components/picture/Picture";
import { useTrash } from "@/components/picture/useTrash";
import { useRatingKeys } from "@/components/rating/useRating";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { rememberViewed } from "@/utils/lastViewed";
import { useTitle } from "@/utils/useTitle";
import { Family } from "./Family";

/** Brings the form for variations into view, ready to be filled in. */
function goToVary(): void {
  const form = document.querySelector("form[aria-labelledby=vary]");
  // The menu gives the focus back to its button first.
  setTimeout(() => {
    form?.scrollIntoView({ block: "center" });
    form?.querySelector<HTMLElement>("[role=slider]")?.focus({ preventScroll: true });
  }, 50);
}

export function Details({ image, way }: { image: Image; way: Way }) {
  const name = describe(image);
  useTitle(name);
  const { go, back, next, previous } = way;
  const trash = useTrash();
  const { mutateAsync: deleteForEver } = useDeleteForEver();
  const [asking, setAsking] = useState(false);
  const [started, setStarted] = useState<readonly string[]>([]);
  useRatingKeys(image);
  useEffect(() => announce(name), [name]);
  useEffect(() => rememberViewed(image.id), [image.id]);

  const leave = useCallback(() => {
    const onwards = next ?? previous;
    if (onwards === null) back();
    else go(onwards);
  }, [next, previous, go, back]);

  const inTrash = image.deleted_at !== null;
  const remove = useCallback(() => {
    if (inTrash) {
      setAsking(true);
      return;
    }
    leave();
    trash([image.id]);
  }, [inTrash, image.id, leave, trash]);
  useDeleteKey(remove);

  function removeForEver(): void {
    leave();
    deleteForEver([image.id]).then(
      () => notify("Picture deleted for ever"),
      (error: unknown) => notifyError(error, "It wasn't deleted"),
    );
  }

  return (
    <>
      <Button variant="ghost" size="sm" my="2" mx={{ base: "2", lg: "4" }} onClick={back}>
        <Icon as={ArrowLeft} boxSize="4" aria-hidden />
        Gallery
      </Button>
      <Layout
        stage={<Stage image={image} way={way} />}
        panel={
          <Stack gap="6" key={image.id}>
            <InTrash image={image} />
            <Flagged image={image} />
            <TitleField image={image} />
            <ImageActions image={image} onVary={goToVary} onDelete={remove} />
            <Separator />
            {!inTrash && (
              <>
                <Vary image={image} onStarted={(job) => setStarted((ids) => [...ids, job.id])} />
                <Separator />
              </>
            )}
            <Parameters image={image} />
            <Tags image={image} />
          </Stack>
        }
        family={
          <Family
            image={image}
            started={started}
            onDismiss={(id) => setStarted((ids) => ids.filter((other) => other !== id))}
          />
        }
      />
      <ConfirmDialog
        open={asking}
        title="Delete this picture for ever?"
        action="Delete for ever"
        onConfirm={removeForEver}
        onClose={() => setAsking(false)}
      >
        Its file is removed too. This can't be undone.
      </ConfirmDialog>
    </>
  );
}

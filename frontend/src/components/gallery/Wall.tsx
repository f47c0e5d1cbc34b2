// The wall with everything that happens on it: rating, selecting, the trash, what is new.
import { Box } from "@chakra-ui/react";
import { type KeyboardEvent, useCallback, useState } from "react";
import type { Image } from "@/api/types";
import { useTrash } from "@/components/picture/useTrash";
import { ratingOfKey, useRate } from "@/components/rating/useRating";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { count } from "@/utils/format";
import { FreshButton } from "./FreshButton";
import { ImageGrid } from "./ImageGrid";
import { LearnStyle } from "./LearnStyle";
import { SelectionBar } from "./SelectionBar";
import { useBulkActions } from "./useBulkActions";
import { useFreshOnTop } from "./useFreshOnTop";
import { useSelection } from "./useSelection";
import { useWallKeys } from "./useWallKeys";

type Props = {
  images: readonly Image[];
  trash: boolean;
  /** The gallery's part of the address, carried along so that a picture knows its neighbours. */
  search: string;
  hasMore: boolean;
  onMore: () => void;
  /** How many pictures wait to be put on top; `null`: too many to count. */
  fresh: number | null;
  onFresh: () => void;
  /** Every tap selects. */
  selecting: boolean;
  onSelecting: (on: boolean) => void;
};

export function Wall(props: Props) {
  const { images, trash, search, hasMore, onMore, fresh, onFresh, selecting, onSelecting } = props;
  const { selection, chosen, select, selectAll, clear } = useSelection(images);
  const [condemned, setCondemned] = useState<readonly Image[]>([]);
  const [learning, setLearning] = useState(false);
  const [inside, setInside] = useState(false);
  const rate = useRate();
  const move = useTrash();
  const bulk = useBulkActions();

  const any = selection.ids.size > 0;
  useFreshOnTop(fresh, !any && !inside, onFresh);
  const stop = useCallback(() => {
    clear();
    onSelecting(false);
  }, [clear, onSelecting]);
  useWallKeys({ onSelectAll: selectAll, onEscape: stop });

  const moveOne = useCallback((id: number) => move([id], !trash), [move, trash]);

  function moveChosen(): void {
    const ids = chosen.map((image) => image.id);
    stop();
    move(ids, !trash);
  }

  function onKey(event: KeyboardEvent, image: Image): void {
    const onLink = (event.target as HTMLElement).dataset.image !== undefined;
    const rating = ratingOfKey(event);
    if (rating !== undefined) {
      rate(image, rating);
    } else if (event.key === " " && onLink) {
      event.preventDefault();
      select(image.id, event.shiftKey ? "range" : "toggle");
    } else if (event.key === "Delete") {
      event.preventDefault();
      if (trash) setCondemned(any ? chosen : [image]);
      else if (any) moveChosen();
      else moveOne(image.id);
    }
  }

  return (
    <Box
      onFocus={() => setInside(true)}
      onBlur={(event) => setInside(event.currentTarget.contains(event.relatedTarget))}
    >
      {fresh !== 0 && <FreshButton fresh={fresh} onClick={() => goUp(onFresh)} />}
      <ImageGrid
        images={images}
        search={search}
        selection={selection}
        selecting={selecting || any}
        hasMore={hasMore}
        onMore={onMore}
        onKey={onKey}
        onSelect={select}
        onTrash={moveOne}
      />
      {any && (
        <SelectionBar
          selected={selection.ids.size}
          trash={trash}
          onRate={(rating) => bulk.rate(chosen, rating)}
          onTrash={moveChosen}
          onDeleteForEver={() => setCondemned(chosen)}
          onDownload={() => bulk.save(chosen)}
          onExport={() => bulk.pack(chosen)}
          onLearn={() => setLearning(true)}
          onClear={stop}
        />
      )}
      <LearnStyle
        images={chosen}
        open={learning}
        onClose={() => setLearning(false)}
        onStarted={stop}
      />
      <ConfirmDialog
        open={condemned.length > 0}
        title={`Delete ${count(condemned.length, "picture")} for ever?`}
        action="Delete for ever"
        onConfirm={() => {
          bulk.deleteForEver(condemned);
          stop();
        }}
        onClose={() => setCondemned([])}
      >
        The files are removed too. This can't be undone.
      </ConfirmDialog>
    </Box>
  );
}

function goUp(then: () => void): void {
  then();
  window.scrollTo({ top: 0 });
}

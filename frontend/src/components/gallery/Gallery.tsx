// The gallery of one address: header, and below it the wall or the reason why there is none.
import { Box, Button, Flex } from "@chakra-ui/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useLocation } from "react-router";
import { useConnection } from "@/api/connection";
import { useGallery } from "@/api/gallery";
import { useModels } from "@/api/models";
import { explain } from "@/api/problem";
import { Failed } from "@/components/ui/Failed";
import { announce } from "@/components/ui/LiveRegion";
import { Offline } from "@/components/ui/Offline";
import { count } from "@/utils/format";
import { isFiltered, NO_FILTERS, printFilters, toQuery } from "@/utils/galleryFilters";
import { Exchange } from "./Exchange";
import { GalleryEmpty } from "./GalleryEmpty";
import { GalleryHeader } from "./GalleryHeader";
import { LoadingWall } from "./SkeletonRows";
import { useGalleryFilters } from "./useGalleryFilters";
import { Wall } from "./Wall";

export function Gallery() {
  const [filters, change] = useGalleryFilters();
  const query = useMemo(() => toQuery(filters), [filters]);
  const gallery = useGallery(query, useLocation().key);
  const models = useModels();
  const offline = useConnection() === "offline";
  const [selecting, setSelecting] = useState(false);

  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError, total } = gallery;
  const shown = useMemo(
    () => gallery.images.filter((image) => (image.deleted_at !== null) === filters.trash),
    [gallery.images, filters.trash],
  );
  const more = useCallback(() => {
    if (!isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetching, isFetchNextPageError]);
  useEffect(() => {
    if (total !== undefined) announce(count(total, "picture"));
  }, [total]);

  const clear = () => change({ ...NO_FILTERS, sort: filters.sort, trash: filters.trash });
  const empty = shown.length === 0 && !hasNextPage;
  return (
    <Box pb="1">
      <GalleryHeader
        filters={filters}
        onChange={change}
        models={models.data?.items ?? []}
        total={total}
        selecting={selecting}
        onSelecting={setSelecting}
        actions={<Exchange query={query} total={total} trash={filters.trash} />}
      />
      {gallery.isPending && (offline ? <Offline what="Your pictures appear" /> : <LoadingWall />)}
      {gallery.isError && gallery.images.length === 0 && (
        <Failed what="The gallery" error={gallery.error} onRetry={() => void gallery.refetch()} />
      )}
      {gallery.isSuccess && empty && (
        <GalleryEmpty filtered={isFiltered(filters)} trash={filters.trash} onClear={clear} />
      )}
      {gallery.images.length > 0 && !empty && (
        <Box
          px="1"
          opacity={gallery.isPlaceholderData ? 0.5 : 1}
          transition="opacity 120ms"
          aria-busy={gallery.isPlaceholderData}
        >
          <Wall
            images={shown}
            trash={filters.trash}
            search={printFilters(filters).toString()}
            hasMore={hasNextPage}
            onMore={more}
            fresh={gallery.fresh === null ? null : gallery.fresh.length}
            onFresh={gallery.takeFresh}
            selecting={selecting}
            onSelecting={setSelecting}
          />
        </Box>
      )}
      {isFetchNextPageError && (
        <Flex role="alert" align="center" justify="center" gap="3" p="6" wrap="wrap">
          More pictures couldn't be loaded. {explain(gallery.error)}
          <Button size="sm" variant="outline" onClick={() => void fetchNextPage()}>
            Try again
          </Button>
        </Flex>
      )}
    </Box>
  );
}

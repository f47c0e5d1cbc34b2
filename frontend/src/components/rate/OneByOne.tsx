// One unrated picture at a time, by key, thumb or button.
import { Box, Center, Flex, Skeleton, Text } from "@chakra-ui/react";
import { useEffect } from "react";
import { useConnection } from "@/api/connection";
import { useTaste } from "@/api/feedback";
import { useUnrated } from "@/api/unrated";
import { describe } from "@/components/picture/Picture";
import { TasteMeter } from "@/components/rating/TasteMeter";
import { Failed } from "@/components/ui/Failed";
import { Offline } from "@/components/ui/Offline";
import { Controls } from "./Controls";
import { RateEnd } from "./RateEnd";
import { RateFrame } from "./RateFrame";
import { Stage } from "./Stage";
import { useRateKeys } from "./useRateKeys";
import { useVerdicts } from "./useVerdicts";

const fetchBelow = 10;

export function OneByOne() {
  const list = useUnrated();
  const { data: taste } = useTaste();
  const offline = useConnection() === "offline";
  const verdicts = useVerdicts(list.images);
  const { current, waiting, rated, skipped, judge, undo } = verdicts;
  useRateKeys({ onVerdict: judge, onUndo: () => undo?.() });

  const { hasNextPage, isFetching, fetchNextPage, isError } = list;
  const low = waiting.length < fetchBelow;
  useEffect(() => {
    if (low && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [low, hasNextPage, isFetching, isError, fetchNextPage]);

  const left = Math.max(waiting.length, list.total - rated - skipped);
  const fetching = list.isPending || (hasNextPage && !list.isError);
  return (
    <RateFrame
      title="Rate pictures"
      left={current ? `${left} left` : null}
      meter={taste && <TasteMeter taste={taste} />}
    >
      {current ? (
        <>
          <Box px={{ base: "3", md: "6" }} flex="1" minHeight="0" display="flex">
            <Stage image={current} onVerdict={judge} />
          </Box>
          <Flex
            direction="column"
            gap="3"
            px="4"
            pt="3"
            pb="calc(1rem + env(safe-area-inset-bottom))"
          >
            <Text textAlign="center" color="fg.muted" lineClamp="2" minHeight="1.5em">
              {describe(current)}
            </Text>
            <Controls onVerdict={judge} onUndo={undo} />
          </Flex>
        </>
      ) : offline && list.isPending ? (
        <Offline what="Your pictures appear" />
      ) : fetching ? (
        <Center flex="1" p="8" role="status" aria-label="Pictures are loading">
          <Skeleton boxSize="full" maxWidth="640px" maxHeight="640px" />
        </Center>
      ) : list.isError ? (
        <Failed what="The pictures" error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <RateEnd
          rated={rated}
          skipped={skipped}
          enough={taste !== undefined && taste.level !== "too_few"}
          any={taste && (skipped > 0 || taste.liked + taste.disliked + taste.unrated > 0)}
          onAgain={verdicts.again}
          onUndo={undo}
        />
      )}
    </RateFrame>
  );
}

// What was left out, by reason, so that it can be mended.
import { Box, Stack, Text } from "@chakra-ui/react";
import type { RetrainPreview } from "@/api/types";
import { count } from "@/utils/format";

const keysShown = 20;

export function Rejected({ preview }: { preview: RetrainPreview }) {
  const { rejected } = preview;
  if (rejected.length === 0) return null;
  const all = rejected.reduce((sum, group) => sum + group.count, 0);
  return (
    <Box as="details" rounded="l2" borderWidth="1px" borderColor="border.muted" px="4" py="3">
      <Box as="summary" cursor="pointer">
        {count(all, "picture")} left out, and why
      </Box>
      <Stack as="ul" listStyleType="none" gap="3" mt="3">
        {rejected.map(({ reason, message, count: some, keys }) => (
          <Box as="li" key={reason}>
            <Text>
              <Text as="span" fontWeight="medium" fontVariantNumeric="tabular-nums">
                {some}
              </Text>{" "}
              {message}
            </Text>
            {keys.length > 0 && (
              <Text textStyle="xs" color="fg.muted" overflowWrap="anywhere">
                {keys.slice(0, keysShown).join(", ")}
                {some > Math.min(keys.length, keysShown) && " …"}
              </Text>
            )}
          </Box>
        ))}
      </Stack>
    </Box>
  );
}

import { Stack } from "@chakra-ui/react";
import { StylesPart } from "@/components/library/StylesPart";
import { WildcardsPart } from "@/components/library/WildcardsPart";
import { Page } from "@/components/ui/Page";

export function LibraryPage() {
  return (
    <Page title="Prompt library" width="3xl">
      <Stack gap="10">
        <StylesPart />
        <WildcardsPart />
      </Stack>
    </Page>
  );
}

import { Box, Container, Heading, Stack, Text, VisuallyHidden } from "@chakra-ui/react";
import { useRef } from "react";
import { useRecentImages } from "@/api/images";
import { useModels } from "@/api/models";
import { Examples } from "@/components/generate/Examples";
import { GenerateForm } from "@/components/generate/GenerateForm";
import { JobCard } from "@/components/generate/JobCard";
import { useDraft } from "@/components/generate/useDraft";
import { useFeed } from "@/components/generate/useFeed";
import { useAnnouncedJobs, useEscape } from "@/components/generate/useJobNews";
import { BaseModelNotice } from "@/components/models/BaseModelNotice";
import { useTitle } from "@/utils/useTitle";
import { RecentPictures } from "./RecentPictures";
import { useFillFrom } from "./useFillFrom";

const recentCount = 12;

export function GeneratePage() {
  useTitle("Tastemaker");
  useFillFrom();
  const draft = useDraft();
  const form = useRef<HTMLDivElement>(null);
  const { feed, dismiss } = useFeed();
  useAnnouncedJobs(feed);
  useEscape(feed);

  const recent = useRecentImages(recentCount);
  const shown = new Set(feed.flatMap((job) => job.images.map((image) => image.id)));
  const older = recent.data?.items.filter((image) => !shown.has(image.id));
  const firstVisit = feed.length === 0 && recent.data?.items.length === 0;
  const { isSuccess } = useModels();

  return (
    <Container maxWidth="6xl" px={{ base: "4", md: "6" }} pt={{ base: "4", md: "8" }} pb="12">
      <VisuallyHidden asChild>
        <h1>Generate</h1>
      </VisuallyHidden>
      <Stack gap={{ base: "5", md: "6" }} pb={{ base: "44", md: "0" }}>
        <Box ref={form} maxWidth="4xl" width="full" mx="auto">
          <GenerateForm />
        </Box>
        {firstVisit && (
          <Box textAlign="center" pt={{ base: "6", md: "4" }}>
            <Heading as="h2" size="xl" mb="2">
              What would you like to see?
            </Heading>
            <Text color="fg.muted">Write it down, or start with one of these.</Text>
          </Box>
        )}
        {!draft.prompt.trim() && (
          <Examples onPick={() => form.current?.querySelector("textarea")?.focus()} />
        )}
        {isSuccess && (
          <Box maxWidth="4xl" width="full" mx="auto">
            <BaseModelNotice />
          </Box>
        )}
        {feed.map((job) => (
          <JobCard key={job.id} job={job} onDismiss={dismiss} />
        ))}
        <RecentPictures images={older} error={recent.error} onRetry={recent.refetch} />
      </Stack>
    </Container>
  );
}

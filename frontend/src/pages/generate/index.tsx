import { Box, Container, Heading, SimpleGrid, Stack, Text, VisuallyHidden } from "@chakra-ui/react";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { useRecentImages } from "@/api/images";
import { useModels } from "@/api/models";
import { givenToEdit } from "@/components/edit/source";
import { Examples } from "@/components/generate/Examples";
import { GenerateForm } from "@/components/generate/GenerateForm";
import { JobCard } from "@/components/generate/JobCard";
import { PictureSettings } from "@/components/generate/PictureSettings";
import { useDraft } from "@/components/generate/useDraft";
import { useFeed } from "@/components/generate/useFeed";
import { useAnnouncedJobs, useEscape } from "@/components/generate/useJobNews";
import { BaseModelNotice } from "@/components/models/BaseModelNotice";
import { WarmUpNote } from "@/components/models/WarmUpNote";
import { given } from "@/components/picture/given";
import { useTitle } from "@/utils/useTitle";
import { RecentPictures } from "./RecentPictures";
import { useFillFrom } from "./useFillFrom";

const recentCount = 12;

export function GeneratePage() {
  useTitle("Tastemaker");
  useFillFrom();
  const draft = useDraft();
  const navigate = useNavigate();
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
    <Container maxWidth="5xl" px={{ base: "4", md: "6" }} pt={{ base: "4", md: "8" }} pb="12">
      <VisuallyHidden asChild>
        <h1>Generate</h1>
      </VisuallyHidden>
      <Stack gap={{ base: "5", md: "6" }} pb={{ base: "44", md: "0" }}>
        <Box
          ref={form}
          // The docked form of a phone takes no room here.
          display={{ base: "contents", md: "block" }}
        >
          <GenerateForm />
        </Box>
        <PictureSettings
          onEdit={(file) => {
            givenToEdit.set(given(file));
            void navigate("/edit");
          }}
        />
        {firstVisit && (
          <Box textAlign="center" pt={{ base: "6", md: "4" }}>
            <Heading as="h2" size="xl" mb="2">
              What would you like to see?
            </Heading>
            <Text color="fg.muted">Write it down, or start with one of these.</Text>
          </Box>
        )}
        {!draft.prompt.trim() && (
          <Examples
            compact={!firstVisit}
            onPick={() => form.current?.querySelector("textarea")?.focus()}
          />
        )}
        {feed.length > 0 && (
          <SimpleGrid
            columns={{ base: 1, md: 2 }}
            gap={{ base: "4", md: "5" }}
            alignItems="start"
            gridAutoFlow="dense"
          >
            {feed.map((job) => (
              <JobCard key={job.id} job={job} onDismiss={dismiss} />
            ))}
          </SimpleGrid>
        )}
        <WarmUpNote />
        {isSuccess && <BaseModelNotice />}
        <RecentPictures images={older} error={recent.error} onRetry={recent.refetch} />
      </Stack>
    </Container>
  );
}

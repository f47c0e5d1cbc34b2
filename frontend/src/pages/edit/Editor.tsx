// The picture under the brush, the form beside it, and what came of it below.
import { Box, Grid, Skeleton } from "@chakra-ui/react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useJobs } from "@/api/jobs";
import type { Image, Job } from "@/api/types";
import type { EditErrors } from "@/components/edit/draft";
import { EditForm } from "@/components/edit/EditForm";
import { StageView } from "@/components/edit/StageView";
import { useWork } from "@/components/edit/session";
import type { Source } from "@/components/edit/source";
import { rememberStarted, useStarted } from "@/components/edit/started";
import { Toolbar } from "@/components/edit/Toolbar";
import { useEditSubmit } from "@/components/edit/useEditSubmit";
import { useStage } from "@/components/edit/useStage";
import type { Work } from "@/components/edit/work";
import { useAnnouncedJobs, useEscape } from "@/components/generate/useJobNews";
import { Outcome } from "./Outcome";
import { Results } from "./Results";

export function Editor({ source }: { source: Source }) {
  const work = useWork(source.key, source.size);
  if (!work) return <Skeleton height={{ base: "55dvh", lg: "calc(100dvh - 10rem)" }} />;
  return <Ready source={source} work={work} />;
}

/** Shows the first new picture by itself, unless somebody has gone on painting meanwhile. */
function useArrivals(jobs: readonly Job[], work: Work, show: (image: Image) => void) {
  const expected = useRef<{ job: string; change: number } | null>(null);
  useEffect(() => {
    const { job: id, change } = expected.current ?? {};
    const image = jobs.find((job) => job.id === id)?.images[0];
    if (!image) return;
    expected.current = null;
    if (work.changed.get() === change) show(image);
  }, [jobs, work, show]);
  return (job: Job) => {
    expected.current = { job: job.id, change: work.changed.get() };
  };
}

function Ready({ source, work }: { source: Source; work: Work }) {
  const stage = useStage(work);
  const started = useStarted(source.key);
  const jobs = (useJobs().data ?? []).filter((job) => started.has(job.id));
  const [shown, setShown] = useState<Image | null>(null);
  const prompt = useRef<HTMLTextAreaElement>(null);
  useAnnouncedJobs(jobs);
  useEscape(jobs);
  const expect = useArrivals(jobs, work, setShown);

  function onFieldError(name: keyof EditErrors): void {
    if (name === "prompt") prompt.current?.focus();
    if (name === "mask") setShown(null);
  }

  const sending = useEditSubmit(source, work, {
    onFieldError,
    onAccepted: (job) => {
      rememberStarted(source.key, job.id);
      expect(job);
    },
  });

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void sending.submit();
  }

  const images = jobs.flatMap((job) => job.images.map((image) => ({ image, job })));
  const found = images.find(({ image }) => image.id === shown?.id);
  const visible = found && found.image.deleted_at === null ? found : undefined;
  const below = jobs.length > 0 ? "22.5rem" : "11rem";
  const { width, height: tall } = source.size;
  const height = {
    // As tall as a picture that fills the width needs it.
    base: `clamp(14rem, calc(${(100 * tall) / width}vw + 1rem), 58dvh)`,
    lg: `max(20rem, calc(100dvh - ${below}))`,
  };
  return (
    <Grid
      templateColumns={{ base: "minmax(0, 1fr)", lg: "minmax(0, 1fr) 22rem" }}
      columnGap="6"
      rowGap="5"
      alignItems="start"
      onKeyDown={onKeyDown}
    >
      <Box minWidth="0">
        {visible ? (
          <Outcome
            source={source}
            image={visible.image}
            extend={visible.job.request.extend}
            onBack={() => setShown(null)}
          />
        ) : (
          <>
            <Box mb="2">
              <Toolbar stage={stage} />
            </Box>
            <Box height={height}>
              <StageView stage={stage} src={source.src} name={source.name} />
            </Box>
          </>
        )}
        {jobs.length > 0 && (
          <Results jobs={jobs} shown={visible?.image.id ?? null} onShow={setShown} />
        )}
      </Box>
      <Box px={{ base: "4", lg: "0" }} minWidth="0">
        <EditForm source={source} work={work} prompt={prompt} sending={sending} />
      </Box>
    </Grid>
  );
}

// How far a download is, in bytes and time.
import { Progress, Text } from "@chakra-ui/react";
import type { Model } from "@/api/types";
import { bytes, duration, percent } from "@/utils/format";

/** "1.4 GB of 3.4 GB · 42 % · about 5 min left", as far as it is known. */
export function downloadLine(progress: NonNullable<Model["progress"]>): string {
  const { downloaded_bytes: done, total_bytes: total, eta_seconds: eta } = progress;
  if (total === null) return `${bytes(done)} so far`;
  const parts = [`${bytes(done)} of ${bytes(total)}`, `${percent(done, total)} %`];
  if (eta !== null) parts.push(`about ${duration(eta)} left`);
  return parts.join(" · ");
}

export function DownloadProgress({ model }: { model: Model }) {
  const { progress } = model;
  if (!progress) {
    return (
      <Text textStyle="sm" color="fg.muted">
        Asking how large it is…
      </Text>
    );
  }
  const known = progress.total_bytes !== null;
  return (
    <Progress.Root
      size="xs"
      colorPalette="accent"
      value={known ? percent(progress.downloaded_bytes, progress.total_bytes ?? 0) : null}
    >
      <Progress.Track rounded="full" aria-label={`Download of ${model.title}`}>
        <Progress.Range />
      </Progress.Track>
      <Text textStyle="sm" color="fg.muted" mt="1.5" fontVariantNumeric="tabular-nums">
        {downloadLine(progress)}
      </Text>
    </Progress.Root>
  );
}

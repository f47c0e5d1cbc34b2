// From a picture file to a filled form: by drop, by paste, or chosen. One at a time.
import { useInfotext } from "@/api/exchange";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { useFileDrop } from "@/components/ui/useFileDrop";
import { usePicturePaste } from "@/components/ui/usePicturePaste";
import { filesOfDrop, isPicture, type Named } from "@/utils/files";
import { takeOver } from "./recovered";

export type Recover = {
  read: (files: readonly Named[]) => void;
  /** The file that is being read. */
  reading: string | null;
  /** Whether files are dragged over the page. */
  over: boolean;
};

export function useRecover(): Recover {
  const infotext = useInfotext();

  function read(files: readonly Named[]): void {
    if (infotext.isPending) return;
    const pictures = files.filter(isPicture);
    const [first] = pictures;
    if (!first) {
      notify("That is no picture");
      return;
    }
    announce(`Reading ${first.file.name}`);
    infotext.mutate(first.file, {
      onSuccess: (answer) => {
        takeOver(first.file, answer);
        announce(
          answer.settings
            ? `The form holds the settings of ${first.file.name}.`
            : `${first.file.name} doesn't say how it was made.`,
        );
        if (pictures.length > 1) notify("Only the first picture was read");
      },
      onError: (error) => notifyError(error, "The picture couldn't be read"),
    });
  }

  const over = useFileDrop((data) => void filesOfDrop(data).then(read));

  usePicturePaste((files) => read(files.map((file) => ({ name: file.name, file }))));

  const reading = infotext.isPending ? (infotext.variables?.name ?? null) : null;
  return { read, reading, over };
}

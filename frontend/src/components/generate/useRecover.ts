// From a picture file to a filled form: by drop, by paste, or chosen. One at a time.
import { useEffect } from "react";
import { useInfotext } from "@/api/exchange";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { useFileDrop } from "@/components/ui/useFileDrop";
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
        takeOver(first.file.name, answer);
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

  useEffect(() => {
    function onPaste(event: ClipboardEvent): void {
      const data = event.clipboardData;
      // Text that comes with a picture of itself is meant as text.
      if (!data || data.files.length === 0 || data.types.includes("text/plain")) return;
      event.preventDefault();
      read([...data.files].map((file) => ({ name: file.name, file })));
    }
    window.addEventListener("paste", onPaste);
    return () => window.removeEventListener("paste", onPaste);
  });

  const reading = infotext.isPending ? (infotext.variables?.name ?? null) : null;
  return { read, reading, over };
}

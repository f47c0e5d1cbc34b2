// Pictures in and out of the gallery: a menu, the export of what is shown, the import's dialog.
import { Button, Icon, IconButton, Menu, Text } from "@chakra-ui/react";
import { Ellipsis, FolderArchive, FolderInput, ImagePlus } from "lucide-react";
import { useRef, useState } from "react";
import { exportUrl } from "@/api/exchange";
import { DropVeil } from "@/components/ui/DropVeil";
import { useFileDrop } from "@/components/ui/useFileDrop";
import { filesOfDrop, filesOfInput, pictureTypes } from "@/utils/files";
import { count } from "@/utils/format";
import type { GalleryQuery } from "@/utils/galleryFilters";
import { ImportDialog } from "./ImportDialog";
import { useImport } from "./useImport";

type Props = { query: GalleryQuery; total: number | undefined; trash: boolean };

export function Exchange({ query, total, trash }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const taking = useImport();

  function begin(found: ReturnType<typeof filesOfInput>): void {
    if (found.length === 0 || taking.running) return;
    setOpen(true);
    void taking.start(found);
  }

  const over = useFileDrop((data) => void filesOfDrop(data).then(begin));

  function onChosen(input: HTMLInputElement): void {
    begin(filesOfInput(input));
    // The same files may be chosen again.
    input.value = "";
  }

  const several = total !== undefined && total > 0;
  return (
    <>
      <DropVeil show={over}>Let go to take these pictures into the gallery</DropVeil>
      <Menu.Root positioning={{ placement: "bottom-end", strategy: "fixed" }} lazyMount>
        <Menu.Trigger asChild>
          <IconButton size="sm" variant="outline" rounded="full" aria-label="Import and export">
            <Icon as={Ellipsis} boxSize="4" aria-hidden />
          </IconButton>
        </Menu.Trigger>
        <Menu.Positioner>
          <Menu.Content minWidth="64">
            <Menu.Item value="files" onClick={() => files.current?.click()}>
              <Icon as={ImagePlus} boxSize="4" aria-hidden />
              Import pictures
            </Menu.Item>
            <Menu.Item value="folder" onClick={() => folder.current?.click()}>
              <Icon as={FolderInput} boxSize="4" aria-hidden />
              Import a folder
            </Menu.Item>
            <Menu.Separator />
            <Menu.Item value="export" asChild disabled={!several}>
              <a href={several ? exportUrl(query) : undefined} download>
                <Icon as={FolderArchive} boxSize="4" aria-hidden />
                Export {trash ? "the trash" : "what is shown"}
                <Text as="span" color="fg.muted" ms="auto">
                  {total === undefined ? "" : count(total, "picture")}
                </Text>
              </a>
            </Menu.Item>
          </Menu.Content>
        </Menu.Positioner>
      </Menu.Root>
      {taking.total > 0 && !open && (
        <Button size="sm" variant="ghost" onClick={() => setOpen(true)}>
          {taking.running ? `Importing ${taking.results.length} of ${taking.total}` : "Last import"}
        </Button>
      )}
      <input
        ref={files}
        type="file"
        multiple
        accept={`${pictureTypes},.jsonl`}
        hidden
        aria-label="Pictures to import"
        onChange={(event) => onChosen(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        // Not in React's types, and understood by every browser on a desk.
        {...{ webkitdirectory: "" }}
        hidden
        aria-label="Folder to import"
        onChange={(event) => onChosen(event.currentTarget)}
      />
      <ImportDialog taking={taking} open={open} onClose={() => setOpen(false)} />
    </>
  );
}

// What a picture can be good for here: its settings, its look, as a start, or to be edited. Chosen,
// dropped anywhere, or pasted.
import { Box, Button, Flex, Icon, Spinner, Text } from "@chakra-ui/react";
import { useQueryClient } from "@tanstack/react-query";
import { ImagePlay, ImageUp, type LucideIcon, Paintbrush, Pipette } from "lucide-react";
import { useRef } from "react";
import { imageQuery } from "@/api/images";
import { given } from "@/components/picture/given";
import { DropVeil } from "@/components/ui/DropVeil";
import { notify, notifyError } from "@/components/ui/toaster";
import { filesOfInput, isPicture, pictureTypes } from "@/utils/files";
import { useStore } from "@/utils/store";
import { PictureOutcome } from "./PictureOutcome";
import { recoveredStore } from "./recovered";
import { startFrom } from "./start";
import { takeLook } from "./style";
import { useImageDrag } from "./useImageDrag";
import { useRecover } from "./useRecover";

export function PictureSettings({ onEdit }: { onEdit: (file: File) => void }) {
  const { read, reading, over } = useRecover();
  const recovered = useStore(recoveredStore);
  const cache = useQueryClient();
  const dragged = useImageDrag((id) => {
    cache.fetchQuery(imageQuery(id)).then(
      (image) => startFrom({ kind: "image", image }),
      (error: unknown) => notifyError(error, "The picture couldn't be read"),
    );
  });
  const begin = (file: File) => startFrom({ kind: "given", picture: given(file) });
  const look = (file: File) => takeLook({ kind: "given", picture: given(file) });
  return (
    <Box>
      <DropVeil show={over}>
        Let go to use this picture: its settings, as a start, or to edit it
      </DropVeil>
      <DropVeil show={dragged}>Let go to start from this picture</DropVeil>
      {recovered && (
        <PictureOutcome recovered={recovered} onStart={begin} onLook={look} onEdit={onEdit} />
      )}
      <Flex align="center" wrap="wrap" gap={{ base: "0", md: "1" }} mt={recovered ? "2" : "0"}>
        <Chooser
          label="Settings from a picture"
          what="Picture to take the settings from"
          icon={ImageUp}
          reading={reading}
          onChoose={(files) => read(files)}
        />
        <Chooser
          label="Start from a picture"
          what="Picture to start from"
          icon={ImagePlay}
          onChoose={(files) => withFirst(files, begin)}
        />
        <Chooser
          label="Take a picture's look"
          what="Picture to take the look from"
          icon={Pipette}
          onChoose={(files) => withFirst(files, look)}
        />
        <Chooser
          label="Edit a picture"
          what="Picture to edit"
          icon={Paintbrush}
          onChoose={(files) => withFirst(files, onEdit)}
        />
        <Text as="span" textStyle="xs" hideBelow="md" color="fg.muted">
          (or drop or paste one anywhere)
        </Text>
      </Flex>
    </Box>
  );
}

type Files = ReturnType<typeof filesOfInput>;

function withFirst(files: Files, then: (file: File) => void): void {
  const first = files.find(isPicture);
  if (first) then(first.file);
  else if (files.length > 0) notify("That is no picture");
}

type ChooserProps = {
  label: string;
  what: string;
  icon: LucideIcon;
  /** The file that is being read. */
  reading?: string | null;
  onChoose: (files: Files) => void;
};

function Chooser({ label, what, icon, reading = null, onChoose }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        size="xs"
        variant="ghost"
        // Two of them side by side on a phone.
        px={{ base: "1.5", md: "2.5" }}
        color="fg.muted"
        fontWeight="normal"
        disabled={reading !== null}
        onClick={() => input.current?.click()}
      >
        {reading === null ? <Icon as={icon} aria-hidden /> : <Spinner size="xs" />}
        {reading === null ? label : `Reading ${reading}`}
      </Button>
      <input
        ref={input}
        type="file"
        accept={pictureTypes}
        hidden
        aria-label={what}
        onChange={(event) => {
          onChoose(filesOfInput(event.currentTarget));
          // The same file may be chosen again.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

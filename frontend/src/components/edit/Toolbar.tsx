// What the brush is, and what happens to the whole mask.
import { Box, Flex, Icon, IconButton, Separator, Slider, Text } from "@chakra-ui/react";
import {
  Contrast,
  FileUp,
  type LucideIcon,
  Maximize,
  Redo2,
  SquareX,
  Undo2,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { useRef } from "react";
import { announce } from "@/components/ui/LiveRegion";
import { notify, notifyError } from "@/components/ui/toaster";
import { pictureTypes } from "@/utils/files";
import { readMask, WrongMask } from "./pixels";
import { modeNotes, modes } from "./tools";
import type { Stage } from "./useStage";
import { redo, sayCoverage, undo } from "./useStageKeys";

export function Toolbar({ stage }: { stage: Stage }) {
  const { work, mode, setMode, brush, setBrush, largest } = stage;
  const file = useRef<HTMLInputElement>(null);

  function takeMask(chosen: File | undefined): void {
    if (!chosen) return;
    readMask(chosen, work.mask, work.picture).then(
      ({ bytes }) => {
        work.load("Mask from a file", bytes);
        announce(`The mask of ${chosen.name} is in place. ${sayCoverage(work)}.`);
      },
      (error: unknown) => {
        if (error instanceof WrongMask) notify(error.message);
        else notifyError(error, "The mask couldn't be read");
      },
    );
  }

  return (
    <Flex
      role="group"
      aria-label="Tools"
      align="center"
      gap="1"
      rowGap="2"
      wrap="wrap"
      px={{ base: "3", lg: "0" }}
    >
      <Flex role="group" aria-label="What the pointer does" gap="1">
        {modes.map((each) => {
          const { label, key, icon } = modeNotes[each];
          return (
            <IconButton
              key={each}
              size="sm"
              variant={mode === each ? "solid" : "ghost"}
              colorPalette={mode === each ? "accent" : undefined}
              aria-pressed={mode === each}
              aria-label={label}
              aria-keyshortcuts={key}
              title={`${label} (${key})`}
              onClick={() => setMode(each)}
            >
              <Icon as={icon} aria-hidden />
            </IconButton>
          );
        })}
      </Flex>
      <Divider />
      <Slider.Root
        size="sm"
        width={{ base: "28", md: "32" }}
        colorPalette="accent"
        min={1}
        max={largest}
        value={[brush]}
        aria-label={["Brush size"]}
        getAriaValueText={({ value }) => `${value} pixels`}
        onValueChange={({ value }) => setBrush(value[0] ?? brush)}
        title="Brush size ( [ and ] )"
        mx="2"
      >
        <Slider.Control>
          <Slider.Track>
            <Slider.Range />
          </Slider.Track>
          <Slider.Thumbs />
        </Slider.Control>
      </Slider.Root>
      <Text
        textStyle="xs"
        color="fg.muted"
        minWidth="12"
        fontVariantNumeric="tabular-nums"
        aria-hidden
      >
        {brush} px
      </Text>
      <Divider />
      <Tool
        label="Undo"
        keys="Control+Z"
        hint="Ctrl+Z"
        icon={Undo2}
        disabled={!work.undoable}
        onClick={() => undo(work)}
      />
      <Tool
        label="Redo"
        keys="Control+Shift+Z"
        hint="Ctrl+Shift+Z"
        icon={Redo2}
        disabled={!work.redoable}
        onClick={() => redo(work)}
      />
      <Tool
        label="Invert the mask"
        keys="I"
        hint="I"
        icon={Contrast}
        onClick={() => {
          work.invert();
          announce(`Inverted. ${sayCoverage(work)}.`);
        }}
      />
      <Tool
        label="Clear the mask"
        icon={SquareX}
        disabled={work.coverage === 0}
        onClick={() => {
          work.clear();
          announce("The mask is empty");
        }}
      />
      <Tool label="Mask from a file" icon={FileUp} onClick={() => file.current?.click()} />
      <input
        ref={file}
        type="file"
        accept={pictureTypes}
        hidden
        aria-label="Picture to take the mask from"
        onChange={(event) => {
          takeMask(event.currentTarget.files?.[0]);
          // The same file may be chosen again.
          event.currentTarget.value = "";
        }}
      />
      <Box flex="1" />
      <Tool
        label="Zoom out"
        keys="-"
        hint="-"
        icon={ZoomOut}
        onClick={() => stage.lookCloser(1 / 1.25)}
      />
      <Tool
        label="Zoom in"
        keys="+"
        hint="+"
        icon={ZoomIn}
        onClick={() => stage.lookCloser(1.25)}
      />
      <Tool
        label="Show the whole picture"
        keys="0"
        hint="0"
        icon={Maximize}
        onClick={stage.seeAll}
      />
    </Flex>
  );
}

function Divider() {
  return <Separator orientation="vertical" height="5" mx="1" hideBelow="md" />;
}

type ToolProps = {
  label: string;
  icon: LucideIcon;
  keys?: string;
  hint?: string;
  disabled?: boolean;
  onClick: () => void;
};

function Tool({ label, icon, keys, hint, disabled, onClick }: ToolProps) {
  return (
    <IconButton
      size="sm"
      variant="ghost"
      aria-label={label}
      aria-keyshortcuts={keys}
      title={hint ? `${label} (${hint})` : label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon as={icon} aria-hidden />
    </IconButton>
  );
}

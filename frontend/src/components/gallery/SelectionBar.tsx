// What can be done with the selected pictures; floats above the page's end.
import { Box, Button, HStack, Icon, IconButton, Separator, Text } from "@chakra-ui/react";
import {
  Download,
  FolderArchive,
  type LucideIcon,
  Paintbrush,
  ThumbsDown,
  ThumbsUp,
  Trash2,
  Undo2,
  X,
} from "lucide-react";
import { useEffect } from "react";
import { count } from "@/utils/format";

type Props = {
  selected: number;
  trash: boolean;
  onRate: (feedback: 1 | -1) => void;
  onTrash: () => void;
  onDeleteForEver: () => void;
  onDownload: () => void;
  onExport: () => void;
  onLearn: () => void;
  onClear: () => void;
};

export function SelectionBar(props: Props) {
  const { selected, trash } = props;
  // Messages stand where this bar is: they move up while it is there.
  useEffect(() => {
    const { style } = document.documentElement;
    style.setProperty("--toasts-lift", "5rem");
    return () => {
      style.removeProperty("--toasts-lift");
    };
  }, []);
  return (
    <Box
      position="fixed"
      insetX="0"
      bottom={{ base: "calc(var(--bottom-nav) + 0.75rem)", md: "6" }}
      zIndex="banner"
      display="flex"
      justifyContent="center"
      pointerEvents="none"
      px="3"
    >
      <HStack
        role="toolbar"
        aria-label="Selected pictures"
        pointerEvents="auto"
        gap={{ base: "0", sm: "1" }}
        p={{ base: "1", sm: "2" }}
        ps={{ base: "3", sm: "4" }}
        // The narrowest phones: nothing may stand outside the page.
        css={{ "@media (max-width: 23rem)": { "& button": { minWidth: "7" } } }}
        bg="bg.panel"
        rounded="full"
        shadow="lg"
        borderWidth="1px"
        borderColor="border"
      >
        <Text textStyle="sm" fontWeight="medium" whiteSpace="nowrap" me="1">
          {count(selected, "selected", "selected")}
        </Text>
        {trash ? (
          <>
            <Action icon={Undo2} label="Restore" onClick={props.onTrash} text />
            <Action icon={Trash2} label="Delete for ever" onClick={props.onDeleteForEver} text />
          </>
        ) : (
          <>
            <Action icon={ThumbsUp} label="Like" onClick={() => props.onRate(1)} />
            <Action icon={ThumbsDown} label="Dislike" onClick={() => props.onRate(-1)} />
            <Action icon={Download} label="Download" onClick={props.onDownload} />
            <Action icon={FolderArchive} label="Export as a zip" onClick={props.onExport} />
            <Action icon={Paintbrush} label="Learn their style" onClick={props.onLearn} />
            <Action icon={Trash2} label="Move to trash" onClick={props.onTrash} />
          </>
        )}
        <Separator orientation="vertical" height="5" mx={{ base: "0", sm: "1" }} />
        <Action icon={X} label="Clear the selection" onClick={props.onClear} />
      </HStack>
    </Box>
  );
}

type ActionProps = { icon: LucideIcon; label: string; onClick: () => void; text?: boolean };

function Action({ icon, label, onClick, text = false }: ActionProps) {
  if (text) {
    return (
      <Button size="sm" variant="ghost" rounded="full" onClick={onClick}>
        <Icon as={icon} boxSize="4" aria-hidden />
        {label}
      </Button>
    );
  }
  return (
    <IconButton
      size="sm"
      variant="ghost"
      rounded="full"
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon as={icon} aria-hidden />
    </IconButton>
  );
}

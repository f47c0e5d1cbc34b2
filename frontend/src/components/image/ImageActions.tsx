// What one does with a picture besides looking at it.
import { Button, Flex, Icon, IconButton } from "@chakra-ui/react";
import { Trash2 } from "lucide-react";
import { Link } from "react-router";
import type { Image } from "@/api/types";
import { SendMenu } from "@/components/picture/SendMenu";
import { RatingButtons } from "@/components/rating/RatingButtons";
import { DownloadMenu } from "./DownloadMenu";

type Props = { image: Image; onVary: () => void; onDelete: () => void };

export function ImageActions({ image, onVary, onDelete }: Props) {
  return (
    <Flex gap="2" align="center" wrap="wrap">
      <RatingButtons image={image} size="md" variant="surface" />
      <Button
        asChild
        variant="outline"
        flex={{ base: "1 0 100%", sm: "1" }}
        order={{ base: "1", sm: "0" }}
        px="2"
        minWidth="max-content"
      >
        <Link to={`/?from=${image.id}`}>Use these settings</Link>
      </Button>
      {!image.deleted_at && !image.unreadable && (
        <SendMenu image={image} size="md" variant="outline" onVary={onVary} />
      )}
      <DownloadMenu image={image} />
      <IconButton
        variant="outline"
        aria-label={image.deleted_at ? "Delete for ever" : "Move to trash"}
        title={image.deleted_at ? "Delete for ever (Del)" : "Move to trash (Del)"}
        aria-keyshortcuts="Delete"
        onClick={onDelete}
      >
        <Icon as={Trash2} aria-hidden />
      </IconButton>
    </Flex>
  );
}

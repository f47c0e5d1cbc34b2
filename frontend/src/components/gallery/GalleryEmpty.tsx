// A gallery without pictures: why, and what to do about it.
import { Button } from "@chakra-ui/react";
import { Images, SearchX, Trash2 } from "lucide-react";
import { Link } from "react-router";
import { Notice } from "@/components/ui/Notice";

type Props = { filtered: boolean; trash: boolean; onClear: () => void };

export function GalleryEmpty({ filtered, trash, onClear }: Props) {
  if (filtered) {
    return (
      <Notice icon={SearchX} title="Nothing matches">
        {`No picture ${trash ? "in the trash " : ""}fits this search and these filters.`}
        <Button variant="outline" onClick={onClear}>
          Clear search and filters
        </Button>
      </Notice>
    );
  }
  if (trash) {
    return (
      <Notice icon={Trash2} title="The trash is empty">
        Pictures you move to the trash wait here until you restore them or delete them for ever.
      </Notice>
    );
  }
  return (
    <Notice icon={Images} title="No pictures yet">
      Describe something and it is drawn. Every picture lands here with its settings.
      <Button asChild colorPalette="accent">
        <Link to="/">Make the first picture</Link>
      </Button>
    </Notice>
  );
}

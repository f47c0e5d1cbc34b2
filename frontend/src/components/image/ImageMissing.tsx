// An address without a picture behind it.
import { Button } from "@chakra-ui/react";
import { ImageOff } from "lucide-react";
import { Link } from "react-router";
import { Notice } from "@/components/ui/Notice";
import { useTitle } from "@/utils/useTitle";

export function ImageMissing() {
  useTitle("Picture not found");
  return (
    <Notice icon={ImageOff} title="There is no such picture" heading="h1">
      It may have been deleted for ever, or the address is mistyped.
      <Button asChild colorPalette="accent">
        <Link to="/gallery">To the gallery</Link>
      </Button>
    </Notice>
  );
}

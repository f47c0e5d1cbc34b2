import { Button } from "@chakra-ui/react";
import { Compass } from "lucide-react";
import { Link } from "react-router";
import { Notice } from "@/components/ui/Notice";
import { useTitle } from "@/utils/useTitle";

export function NotFoundPage() {
  useTitle("Page not found");
  return (
    <Notice icon={Compass} heading="h1" title="There is no page here">
      The address may be mistyped, or the page has moved.
      <Button asChild>
        <Link to="/">Make a picture</Link>
      </Button>
    </Notice>
  );
}

import { VisuallyHidden } from "@chakra-ui/react";
import { OneByOne } from "@/components/rate/OneByOne";

export function RatePage() {
  return (
    <>
      <VisuallyHidden asChild>
        <h1>Rate pictures</h1>
      </VisuallyHidden>
      <OneByOne />
    </>
  );
}

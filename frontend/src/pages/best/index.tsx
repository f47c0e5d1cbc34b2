import { VisuallyHidden } from "@chakra-ui/react";
import { BestOf } from "@/components/rate/BestOf";

export function BestPage() {
  return (
    <>
      <VisuallyHidden asChild>
        <h1>Pick the best</h1>
      </VisuallyHidden>
      <BestOf />
    </>
  );
}

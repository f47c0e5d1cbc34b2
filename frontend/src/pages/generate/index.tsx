import { Page } from "@/components/ui/Page";

export function GeneratePage() {
  return <Page title="Generate">{null}</Page>;
}

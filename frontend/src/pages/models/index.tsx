import { Page } from "@/components/ui/Page";

export function ModelsPage() {
  return <Page title="Models">{null}</Page>;
}

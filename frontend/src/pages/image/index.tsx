import { useParams } from "react-router";
import { useImage } from "@/api/images";
import { describe, Picture } from "@/components/picture/Picture";
import { RatingButtons } from "@/components/rating/RatingButtons";
import { Failed } from "@/components/ui/Failed";
import { Page } from "@/components/ui/Page";

export function ImagePage() {
  const { data, error, refetch } = useImage(Number(useParams().id));
  if (error) return <Failed what="The picture" error={error} onRetry={refetch} />;
  if (!data) return null;
  return (
    <Page title={describe(data)} actions={<RatingButtons image={data} />}>
      <Picture image={data} full eager />
    </Page>
  );
}

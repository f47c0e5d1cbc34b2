import { useParams } from "react-router";
import { useImage } from "@/api/images";
import { ApiProblem } from "@/api/problem";
import { ImageMissing } from "@/components/image/ImageMissing";
import { ImageSkeleton } from "@/components/image/ImageSkeleton";
import { useWalkKeys } from "@/components/image/useImageKeys";
import { useWay } from "@/components/image/useWay";
import { Failed } from "@/components/ui/Failed";
import { Details } from "./Details";

export function ImagePage() {
  const { id } = useParams();
  if (!id || !/^[1-9]\d{0,15}$/.test(id)) return <ImageMissing />;
  return <Known id={Number(id)} />;
}

function Known({ id }: { id: number }) {
  const { data, error, refetch } = useImage(id);
  // Here and not with the picture: whoever walks fast is ahead of the pictures.
  const way = useWay(id);
  useWalkKeys(way);
  if (data) return <Details image={data} way={way} />;
  if (error instanceof ApiProblem && error.status === 404) return <ImageMissing />;
  if (error) {
    return <Failed what="The picture" heading="h1" error={error} onRetry={() => void refetch()} />;
  }
  return <ImageSkeleton />;
}

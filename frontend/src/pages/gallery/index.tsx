import { SimpleGrid } from "@chakra-ui/react";
import { Link } from "react-router";
import { useRecentImages } from "@/api/images";
import { Picture } from "@/components/picture/Picture";
import { Failed } from "@/components/ui/Failed";
import { Page } from "@/components/ui/Page";

export function GalleryPage() {
  const { data, error, refetch } = useRecentImages(50);
  return (
    <Page title="Gallery">
      {error && <Failed what="The gallery" error={error} onRetry={refetch} />}
      <SimpleGrid minChildWidth="48" gap="2">
        {data?.items.map((image) => (
          <Link key={image.id} to={`/images/${image.id}`}>
            <Picture image={image} />
          </Link>
        ))}
      </SimpleGrid>
    </Page>
  );
}

import { Gallery } from "@/components/gallery/Gallery";
import { useTitle } from "@/utils/useTitle";

export function GalleryPage() {
  useTitle("Gallery");
  return <Gallery />;
}

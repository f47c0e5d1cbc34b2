// A picture that the form was given to work with: one of the gallery, or a file.
import type { Image } from "@/api/types";
import type { GivenPicture } from "@/components/picture/given";
import { describe } from "@/components/picture/Picture";
import { dataUri } from "@/utils/dataUri";

export type Chosen = { kind: "image"; image: Image } | { kind: "given"; picture: GivenPicture };

export function nameOf(chosen: Chosen): string {
  return chosen.kind === "image" ? describe(chosen.image) : chosen.picture.name;
}

/** How a request names it. */
export async function asSent(chosen: Chosen): Promise<{ image_id: number } | { image: string }> {
  return chosen.kind === "image"
    ? { image_id: chosen.image.id }
    : { image: await dataUri(chosen.picture.file) };
}

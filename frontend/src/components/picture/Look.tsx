// Whose look a picture took over, and how much of it; with the way there.
import { Link as ChakraLink, Span } from "@chakra-ui/react";
import { Link } from "react-router";
import type { StyleReference } from "@/api/types";

type Told = Pick<StyleReference, "image_id" | "strength">;

const percentOf = ({ strength }: Told) => `${Math.round(100 * strength)} %`;

/** The picture, in the middle of a sentence. */
const pictureOf = ({ image_id }: Told) =>
  image_id === null ? "a given picture" : `picture ${image_id}`;

export function lookText(reference: Told): string {
  return `Look of ${pictureOf(reference)} · ${percentOf(reference)}`;
}

export function Look({ reference }: { reference: Told }) {
  const { image_id } = reference;
  return (
    <>
      Look of{" "}
      {image_id === null ? (
        pictureOf(reference)
      ) : (
        <ChakraLink asChild colorPalette="accent" variant="underline" color="accent.fg">
          <Link to={`/images/${image_id}`}>{pictureOf(reference)}</Link>
        </ChakraLink>
      )}{" "}
      <Span whiteSpace="nowrap">· {percentOf(reference)}</Span>
    </>
  );
}

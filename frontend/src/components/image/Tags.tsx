// Tags: words of one's own to find a picture by. Saved with each change.
import { TagsInput } from "@chakra-ui/react";
import { useState } from "react";
import { useChangeImage } from "@/api/images";
import type { Image } from "@/api/types";
import { notifyError } from "@/components/ui/toaster";

const most = 20;
const longest = 50;

export function Tags({ image }: { image: Image }) {
  const [tags, setTags] = useState(image.tags);
  const { mutate } = useChangeImage();

  function save(next: string[]): void {
    setTags(next);
    mutate(
      { id: image.id, tags: next },
      {
        onError: (error) => {
          setTags(image.tags);
          notifyError(error, "The tags weren't saved");
        },
      },
    );
  }

  return (
    <TagsInput.Root
      size="sm"
      value={tags}
      max={most}
      maxLength={longest}
      delimiter=","
      blurBehavior="add"
      addOnPaste
      editable={false}
      onValueChange={({ value }) => save(value)}
    >
      <TagsInput.Label fontWeight="semibold">Tags</TagsInput.Label>
      <TagsInput.Control>
        <TagsInput.Items />
        <TagsInput.Input
          placeholder={tags.length === 0 ? "Add a tag, then Enter" : "Add another"}
        />
      </TagsInput.Control>
    </TagsInput.Root>
  );
}

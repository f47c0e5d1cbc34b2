// `/edit?image=<id>` edits a picture of the gallery, `/edit` the file that was given last.
import { Box, Button, Container, Flex, Heading, Icon, Skeleton } from "@chakra-ui/react";
import { ImageUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useImage } from "@/api/images";
import { ApiProblem } from "@/api/problem";
import { Opening } from "@/components/edit/Opening";
import { givenToEdit, type Source, sourceOfImage, useGivenSource } from "@/components/edit/source";
import { ImageMissing } from "@/components/image/ImageMissing";
import { given } from "@/components/picture/given";
import { DropVeil } from "@/components/ui/DropVeil";
import { Failed } from "@/components/ui/Failed";
import { notify } from "@/components/ui/toaster";
import { useFileDrop } from "@/components/ui/useFileDrop";
import { usePicturePaste } from "@/components/ui/usePicturePaste";
import { filesOfDrop, filesOfInput, isPicture, type Named, pictureTypes } from "@/utils/files";
import { useStore } from "@/utils/store";
import { useTitle } from "@/utils/useTitle";
import { Editor } from "./Editor";

const unreadable =
  "This browser can't show that file. Save it as PNG, JPEG or WebP and choose it again.";

export function EditPage() {
  useTitle("Edit a picture");
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const chosen = params.get("image");
  const input = useRef<HTMLInputElement>(null);

  function take(files: readonly Named[]): void {
    const first = files.find(isPicture);
    if (!first) {
      if (files.length > 0) notify("That is no picture");
      return;
    }
    const before = { given: givenToEdit.get(), chosen };
    givenToEdit.set(given(first.file));
    void navigate("/edit");
    if (!before.given && !chosen) return;
    notify(`${first.file.name} is open`, {
      label: "Back",
      onClick: () => {
        if (before.given) givenToEdit.set(before.given);
        void navigate(chosen ? `/edit?image=${chosen}` : "/edit");
      },
    });
  }

  const over = useFileDrop((data) => void filesOfDrop(data).then(take));
  usePicturePaste((files) => take(files.map((file) => ({ name: file.name, file }))));
  const choose = () => input.current?.click();
  const frame = { onChoose: choose };
  return (
    <>
      <DropVeil show={over}>Let go to edit this picture</DropVeil>
      {chosen === null ? <Given {...frame} /> : <Chosen id={chosen} {...frame} />}
      <input
        ref={input}
        type="file"
        accept={pictureTypes}
        hidden
        aria-label="Picture to edit"
        onChange={(event) => {
          take(filesOfInput(event.currentTarget));
          // The same file may be chosen again.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

type Props = { onChoose: () => void };

function Chosen({ id, onChoose }: Props & { id: string }) {
  return /^[1-9]\d{0,15}$/.test(id) ? (
    <OfGallery id={Number(id)} onChoose={onChoose} />
  ) : (
    <ImageMissing />
  );
}

function OfGallery({ id, onChoose }: Props & { id: number }) {
  const { data, error, refetch } = useImage(id);
  if (error instanceof ApiProblem && error.status === 404) return <ImageMissing />;
  if (!data && error) {
    return <Failed what="The picture" heading="h1" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <Waiting />;
  if (data.unreadable) return <Start problem={data.unreadable} onChoose={onChoose} />;
  return <Edited source={sourceOfImage(data)} onChoose={onChoose} />;
}

function Given({ onChoose }: Props) {
  const file = useStore(givenToEdit);
  const [ready, setReady] = useState(false);
  useEffect(() => void givenToEdit.ready.then(() => setReady(true)), []);
  const source = useGivenSource(file);
  if (source === "failed") return <Start problem={unreadable} onChoose={onChoose} />;
  if (source) return <Edited source={source} onChoose={onChoose} />;
  return file || !ready ? <Waiting /> : <Start problem={null} onChoose={onChoose} />;
}

function Start({ problem, onChoose }: Props & { problem: string | null }) {
  return (
    <Container maxWidth="5xl" py={{ base: "4", md: "8" }} px={{ base: "4", md: "6" }}>
      <Heading as="h1" size="2xl" letterSpacing="tight" mb="6">
        Edit a picture
      </Heading>
      <Opening problem={problem} onChoose={onChoose} />
    </Container>
  );
}

function Edited({ source, onChoose }: Props & { source: Source }) {
  return (
    <Box px={{ base: "0", lg: "6" }} pt="3" pb="8">
      <Flex align="center" gap="3" mb="3" px={{ base: "3", lg: "0" }}>
        <Heading as="h1" size="md" flex="1" minWidth="0" truncate title={source.name}>
          Edit: {source.name}
        </Heading>
        <Button size="xs" variant="outline" flexShrink="0" onClick={onChoose}>
          <Icon as={ImageUp} boxSize="3.5" aria-hidden />
          Another picture
        </Button>
      </Flex>
      <Editor key={source.key} source={source} />
    </Box>
  );
}

function Waiting() {
  return (
    <Box px={{ base: "0", lg: "6" }} pt="14" role="status" aria-label="The picture is loading">
      <Skeleton height={{ base: "55dvh", lg: "calc(100dvh - 10rem)" }} rounded={{ lg: "l3" }} />
    </Box>
  );
}

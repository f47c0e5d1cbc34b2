// `/?from=<image id>` fills the form with that picture's settings, `/?start=<image id>` makes it the
// picture to start from; once.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { imageQuery } from "@/api/images";
import { draftOfImage } from "@/components/generate/draft";
import { startFrom } from "@/components/generate/start";
import { draftStore } from "@/components/generate/useDraft";
import { notify, notifyError } from "@/components/ui/toaster";

export function useFillFrom(): void {
  const [params, setParams] = useSearchParams();
  const start = Number(params.get("start"));
  const id = start || Number(params.get("from"));
  const { data, error } = useQuery({
    ...imageQuery(id),
    enabled: Number.isInteger(id) && id > 0,
  });
  useEffect(() => {
    if (!data && !error) return;
    if (!data) {
      notifyError(error, start ? "The picture couldn't be read" : "Its settings couldn't be read");
    } else if (start) {
      startFrom({ kind: "image", image: data });
    } else {
      draftStore.set(draftOfImage(data));
      notify("The form holds this picture's settings");
    }
    setParams({}, { replace: true });
  }, [data, error, start, setParams]);
}

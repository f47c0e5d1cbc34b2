// `/?from=<image id>` fills the form with that picture's settings, once.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { imageQuery } from "@/api/images";
import { draftOfImage } from "@/components/generate/draft";
import { draftStore } from "@/components/generate/useDraft";
import { notify, notifyError } from "@/components/ui/toaster";

export function useFillFrom(): void {
  const [params, setParams] = useSearchParams();
  const from = Number(params.get("from"));
  const { data, error } = useQuery({
    ...imageQuery(from),
    enabled: Number.isInteger(from) && from > 0,
  });
  useEffect(() => {
    if (!data && !error) return;
    if (data) {
      draftStore.set(draftOfImage(data));
      notify("The form holds this picture's settings");
    } else {
      notifyError(error, "The picture's settings couldn't be read");
    }
    setParams({}, { replace: true });
  }, [data, error, setParams]);
}

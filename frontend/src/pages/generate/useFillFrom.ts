// Pictures that an address brings to the form, once: `/?from=<image id>` fills it with that picture's
// settings, `/?start=<image id>` starts from it, `/?look=<image id>` takes its look.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { imageQuery } from "@/api/images";
import { startFrom } from "@/components/generate/start";
import { takeLook } from "@/components/generate/style";
import { useAgain } from "@/components/generate/useAgain";
import { notifyError } from "@/components/ui/toaster";

const ways = ["start", "look", "from"] as const;

export function useFillFrom(): void {
  const [params, setParams] = useSearchParams();
  const { likeImage } = useAgain();
  const way = ways.find((name) => Number(params.get(name)));
  const id = way ? Number(params.get(way)) : 0;
  const { data, error } = useQuery({
    ...imageQuery(id),
    enabled: Number.isInteger(id) && id > 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each address
  useEffect(() => {
    if (!data && !error) return;
    if (!data) {
      notifyError(
        error,
        way === "from" ? "Its settings couldn't be read" : "The picture couldn't be read",
      );
    } else if (way === "start") {
      startFrom({ kind: "image", image: data });
    } else if (way === "look") {
      takeLook({ kind: "image", image: data });
    } else {
      void likeImage(data);
    }
    setParams({}, { replace: true });
  }, [data, error, way, setParams]);
}

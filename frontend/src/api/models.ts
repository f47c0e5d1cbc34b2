// The models that can draw: list, activate, download; versions also: rename, delete, in and out.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { Model, Vocabulary } from "./types";

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/models", { signal })),
});

export function useModels() {
  return useQuery(modelsQuery);
}

/** The model that draws when a request names none; `undefined` while unknown. */
export function useActiveModel(): Model | undefined {
  const { data } = useModels();
  return data?.items.find((model) => model.active);
}

/** What a model with a small world can draw; `undefined` for one that draws anything. */
export function useVocabulary(model: Model | undefined): Vocabulary | undefined {
  const name = model?.name ?? "";
  const { data } = useQuery({
    queryKey: ["models", name, "vocabulary"],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/models/{name}/vocabulary", { params: { path: { name } }, signal })),
    enabled: model?.has_vocabulary ?? false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return model?.has_vocabulary ? data : undefined;
}

function useModelCall(call: (name: string) => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSettled: () => cache.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
}

export function useActivateModel() {
  return useModelCall((name) =>
    unwrap(client.POST("/api/models/{name}/activate", { params: { path: { name } } })),
  );
}

export function useStartDownload() {
  return useModelCall((name) =>
    unwrap(client.POST("/api/models/{name}/download", { params: { path: { name } } })),
  );
}

export function useStopDownload() {
  return useModelCall((name) =>
    unwrap(client.DELETE("/api/models/{name}/download", { params: { path: { name } } })),
  );
}

export function useRenameModel() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ name, title }: { name: string; title: string }) =>
      unwrap(client.PATCH("/api/models/{name}", { params: { path: { name } }, body: { title } })),
    onSettled: () => cache.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
}

export function useDeleteModel() {
  return useModelCall((name) =>
    unwrap(client.DELETE("/api/models/{name}", { params: { path: { name } } })),
  );
}

/** Where a version is served as files that other programs load. */
export function exportUrl(name: string): string {
  return `/api/models/${encodeURIComponent(name)}/export`;
}

export type Import = { file: File; base_model: string; name: string; title: string };

export function useImportModel() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ file, ...texts }: Import) => {
      const form = new FormData();
      for (const [name, text] of Object.entries(texts)) {
        if (text.trim()) form.append(name, text.trim());
      }
      form.append("file", file);
      // The document describes a file as text; a form carries it as it is.
      const body = form as unknown as { file: string };
      return unwrap(client.POST("/api/models/import", { body, bodySerializer: () => form }));
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
}

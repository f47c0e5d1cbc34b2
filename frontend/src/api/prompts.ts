// What is kept of and for prompts: history, favourites, styles, wildcards; counting tokens.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type KnownPrompt = Schemas["PromptOut"];
export type Style = Schemas["StyleOut"];
export type StyleBody = Schemas["StyleBody"];
export type Surprise = Schemas["SurpriseOut"];
export type Tokens = Schemas["TokensOut"];

const keys = {
  prompts: ["prompts"] as const,
  styles: ["styles"] as const,
  wildcards: ["wildcards"] as const,
};
const remembered = 200;

/** The prompts that were drawn, as they were typed, the latest first; favourites among them. */
export function usePrompts() {
  return useQuery({
    queryKey: [...keys.prompts, "latest"],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/prompts", { params: { query: { limit: remembered } }, signal })),
    select: ({ items }) => items,
    staleTime: 60_000,
  });
}

export function useFavourites() {
  return useQuery({
    queryKey: [...keys.prompts, "favourites"],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/prompts", { params: { query: { favourite: true, limit: 500 } }, signal }),
      ),
    select: ({ items }) => items,
    staleTime: 60_000,
  });
}

/** Says that something was asked for, so that the history is read again. */
export function useRefreshPrompts() {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: keys.prompts });
}

export function useMarkPrompt() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { text: string; favourite: boolean }) =>
      unwrap(client.PUT("/api/prompts", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.prompts }),
  });
}

export function useForgetPrompt() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.DELETE("/api/prompts/{prompt_id}", { params: { path: { prompt_id: id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.prompts }),
  });
}

/** How many tokens a text takes of the model's windows; nothing for models that can't be counted. */
export function useTokens(prompt: string, model: string | undefined) {
  return useQuery({
    queryKey: ["tokens", model, prompt],
    queryFn: ({ signal }) =>
      unwrap(
        client.POST("/api/prompts/tokens", { body: { prompt, model: model ?? null }, signal }),
      ),
    enabled: prompt !== "" && model !== undefined,
    select: (found) => found.prompt,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function useSurprise() {
  return useMutation({
    mutationFn: (model: string | null) =>
      unwrap(client.POST("/api/prompts/surprise", { body: { model } })),
  });
}

/** What a prompt with styles and alternatives becomes, for a few seeds. */
export function useResolve() {
  return useMutation({
    mutationFn: (body: Schemas["ResolveRequest"]) =>
      unwrap(client.POST("/api/prompts/resolve", { body })),
  });
}

export function useStyles() {
  return useQuery({
    queryKey: keys.styles,
    queryFn: ({ signal }) => unwrap(client.GET("/api/styles", { signal })),
    select: ({ items }) => items,
    staleTime: 60_000,
  });
}

export function useSaveStyle() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: number | null; body: StyleBody }) =>
      id === null
        ? unwrap(client.POST("/api/styles", { body }))
        : unwrap(
            client.PUT("/api/styles/{style_id}", { params: { path: { style_id: id } }, body }),
          ),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.styles }),
  });
}

export function useDeleteStyle() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.DELETE("/api/styles/{style_id}", { params: { path: { style_id: id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.styles }),
  });
}

export function useImportStyles() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { csv: string; replace: boolean }) =>
      unwrap(client.POST("/api/styles/import", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.styles }),
  });
}

export const stylesUrl = "/api/styles/export";

export function useWildcards() {
  return useQuery({
    queryKey: keys.wildcards,
    queryFn: ({ signal }) => unwrap(client.GET("/api/wildcards", { signal })),
    select: ({ names }) => names,
    staleTime: 60_000,
  });
}

export function useWildcard(name: string | null) {
  return useQuery({
    queryKey: [...keys.wildcards, name],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/wildcards/{name}", { params: { path: { name: name ?? "" } }, signal }),
      ),
    enabled: name !== null,
  });
}

export function useSaveWildcard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ name, text }: { name: string; text: string }) =>
      unwrap(client.PUT("/api/wildcards/{name}", { params: { path: { name } }, body: { text } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.wildcards }),
  });
}

export function useDeleteWildcard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      unwrap(client.DELETE("/api/wildcards/{name}", { params: { path: { name } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.wildcards }),
  });
}

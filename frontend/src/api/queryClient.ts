// One cache for everything the server says; the event stream keeps it fresh.
import { QueryClient } from "@tanstack/react-query";
import { ApiProblem, Unreachable } from "./problem";

function retry(failures: number, error: Error): boolean {
  if (error instanceof ApiProblem) return error.status >= 500 && failures < 2;
  // While nobody answers the page keeps asking; the banner says so.
  return error instanceof Unreachable || failures < 2;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry,
        retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 5000),
        staleTime: 30_000,
        // "online" in the browser's sense says nothing about a server on this machine.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export const queryClient = createQueryClient();

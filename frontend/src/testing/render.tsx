// Renders a component with everything around it that the app has, and a cache of its own.
import { ChakraProvider } from "@chakra-ui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { createQueryClient } from "@/api/queryClient";
import { LiveRegion } from "@/components/ui/LiveRegion";
import { Toaster } from "@/components/ui/toaster";
import { system } from "@/theme";

export function show(element: ReactElement, path = "/") {
  const cache = createQueryClient();
  cache.setDefaultOptions({ queries: { retry: false } });
  const routes = [{ path: "*", element }];
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const view = render(
    <ChakraProvider value={system}>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
        <LiveRegion />
        <Toaster />
      </QueryClientProvider>
    </ChakraProvider>,
  );
  return { ...view, cache, router, user: userEvent.setup() };
}

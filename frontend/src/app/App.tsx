// Connects everything once: theme, cache, event stream, routes.
import { ChakraProvider } from "@chakra-ui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect } from "react";
import { RouterProvider } from "react-router/dom";
import { queryClient } from "@/api/queryClient";
import { listen } from "@/api/stream";
import { system } from "@/theme";
import { watchColorMode } from "@/utils/colorMode";
import { router } from "./routes";

export function App() {
  useEffect(() => listen(queryClient), []);
  useEffect(watchColorMode, []);
  return (
    <ChakraProvider value={system}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ChakraProvider>
  );
}

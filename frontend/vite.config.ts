import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.TASTEMAKER_API ?? "http://127.0.0.1:5001";
const proxy = Object.fromEntries(
  ["/api", "/healthz", "/readyz", "/metrics"].map((path) => [
    path,
    { target: api, changeOrigin: false },
  ]),
);

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 3000, strictPort: true, proxy },
  preview: { host: "127.0.0.1", port: 3000, strictPort: true, proxy },
  build: {
    target: "es2022",
    // Data URIs for small files would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    // React, the router and Chakra together; the pages are chunks of their own.
    chunkSizeWarningLimit: 550,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    globals: true,
    setupFiles: ["./src/testing/setup.ts"],
    css: false,
    restoreMocks: true,
    pool: "threads",
    maxWorkers: "100%",
    // Files share what they import; so they replace parts by `vi.spyOn`, never by `vi.mock`.
    isolate: false,
    testTimeout: 30_000,
  },
});

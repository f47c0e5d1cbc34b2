// Which page answers which address. Each page is its own chunk, fetched when first visited.
import { createBrowserRouter } from "react-router";
import { ErrorPage } from "./ErrorPage";
import { Room } from "./Room";
import { Shell } from "./Shell";

export const router = createBrowserRouter([
  {
    path: "/rate",
    Component: Room,
    ErrorBoundary: ErrorPage,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: ErrorPage,
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import("@/pages/rate")).RatePage }),
          },
          {
            path: "best",
            lazy: async () => ({ Component: (await import("@/pages/best")).BestPage }),
          },
        ],
      },
    ],
  },
  {
    path: "/",
    Component: Shell,
    ErrorBoundary: ErrorPage,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: ErrorPage,
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import("@/pages/generate")).GeneratePage }),
          },
          {
            path: "gallery",
            lazy: async () => ({ Component: (await import("@/pages/gallery")).GalleryPage }),
          },
          {
            path: "images/:id",
            lazy: async () => ({ Component: (await import("@/pages/image")).ImagePage }),
          },
          {
            path: "edit",
            lazy: async () => ({ Component: (await import("@/pages/edit")).EditPage }),
          },
          {
            path: "batch",
            lazy: async () => ({ Component: (await import("@/pages/batch")).BatchPage }),
          },
          {
            path: "batch/:id",
            lazy: async () => ({
              Component: (await import("@/pages/batch/Detail")).BatchDetailPage,
            }),
          },
          {
            path: "library",
            lazy: async () => ({ Component: (await import("@/pages/library")).LibraryPage }),
          },
          {
            path: "queue",
            lazy: async () => ({ Component: (await import("@/pages/queue")).QueuePage }),
          },
          {
            path: "retrain",
            lazy: async () => ({ Component: (await import("@/pages/retrain")).RetrainPage }),
          },
          {
            path: "models",
            lazy: async () => ({ Component: (await import("@/pages/models")).ModelsPage }),
          },
          {
            path: "*",
            lazy: async () => ({ Component: (await import("@/pages/notfound")).NotFoundPage }),
          },
        ],
      },
    ],
  },
]);

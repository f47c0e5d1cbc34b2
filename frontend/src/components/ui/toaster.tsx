// Short messages that come and go. `notify` for news, `notifyError` for what failed. The toasts'
// own code is fetched with the first message, not with the page.
import { lazy, Suspense } from "react";
import { explain } from "@/api/problem";
import { createStore, useStore } from "@/utils/store";

type Action = { label: string; onClick: () => void };

const wanted = createStore(false);
const Toasts = lazy(() => import("./Toasts"));

async function show(options: Record<string, unknown>): Promise<void> {
  wanted.set(true);
  const { toaster } = await import("./Toasts");
  toaster.create(options);
}

export function notify(title: string, action?: Action): void {
  void show({ title, type: "info", duration: action ? 8000 : 4000, ...(action && { action }) });
}

export function notifyError(error: unknown, title = "That didn't work"): void {
  void show({ title, description: explain(error), type: "error", duration: 10_000 });
}

/** Takes every message off the screen. */
export async function clearNotices(): Promise<void> {
  if (wanted.get()) (await import("./Toasts")).toaster.remove();
}

export function Toaster() {
  return useStore(wanted) ? (
    <Suspense>
      <Toasts />
    </Suspense>
  ) : null;
}

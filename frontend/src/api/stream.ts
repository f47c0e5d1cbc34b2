// One event stream for the whole page. It reconnects for ever and tells whether the server answers.
import type { QueryClient } from "@tanstack/react-query";
import { connection } from "./connection";
import { applyNews, newsTypes } from "./events";

const firstRetry = 500;
const longestRetry = 5000;
// A connection that dies silently looks open; heartbeats are comments, which browsers hide.
const checkEvery = 20_000;

/** Opens the stream and keeps it open; returns a function that closes it. */
export function listen(cache: QueryClient): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = firstRetry;
  let wasOffline = false;

  function open(): void {
    source = new EventSource("/api/events");
    source.onopen = () => {
      wait = firstRetry;
      connection.set("online");
      if (wasOffline) cache.invalidateQueries();
      wasOffline = false;
    };
    source.onerror = retryLater;
    for (const type of newsTypes) {
      source.addEventListener(type, (event) => {
        applyNews(cache, type, JSON.parse((event as MessageEvent<string>).data));
      });
    }
  }

  // A browser gives up after an error status, so every failure is answered with a fresh stream.
  function retryLater(): void {
    source?.close();
    wasOffline = true;
    connection.set("offline");
    clearTimeout(timer);
    timer = setTimeout(open, wait);
    wait = Math.min(wait * 2, longestRetry);
  }

  const check = setInterval(async () => {
    if (connection.get() !== "online" || document.hidden) return;
    const answer = await fetch("/healthz").catch(() => null);
    if (!answer?.ok) retryLater();
  }, checkEvery);

  open();
  return () => {
    clearInterval(check);
    clearTimeout(timer);
    source?.close();
  };
}

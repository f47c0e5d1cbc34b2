// Which jobs were started for which picture; kept over reloads.
import { load, save } from "@/utils/storage";
import { createStore, useStore } from "@/utils/store";

const storageKey = "startedEdits";
const mostJobs = 100;

type Started = { source: string; job: string };

const store = createStore<readonly Started[]>(load<Started[]>(storageKey, []));
store.subscribe(() => save(storageKey, store.get()));

export function rememberStarted(source: string, job: string): void {
  store.set([{ source, job }, ...store.get()].slice(0, mostJobs));
}

export function forgetStarted(job: string): void {
  store.set(store.get().filter((each) => each.job !== job));
}

export function useStarted(source: string): ReadonlySet<string> {
  return new Set(
    useStore(store)
      .filter((each) => each.source === source)
      .map(({ job }) => job),
  );
}

// A store whose value outlives a reload: files and all, in the browser's own database.
import { keep, kept } from "./keep";
import { createStore, type Store } from "./store";

export type KeptStore<T> = Store<T> & {
  /** Fulfilled once what an earlier visit left is here. */
  ready: Promise<void>;
};

export function createKeptStore<T>(key: string, initial: T): KeptStore<T> {
  const store = createStore(initial);
  const ready = kept<T>(key).then((value) => {
    // What has been set meanwhile is newer.
    if (value !== undefined && store.get() === initial) store.set(value);
    store.subscribe(() => void keep(key, store.get()));
  });
  let early = false;
  const set = (next: T) => {
    store.set(next);
    if (!early) {
      early = true;
      void ready.then(() => keep(key, store.get()));
    }
  };
  return { ...store, set, ready };
}

// The browser's own database, for what is too large for localStorage: files and bytes that should
// outlive a reload. Never throws: where there is no database, things live as long as the page.

const name = "tastemaker";
const shelf = "kept";

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(shelf);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
    request.onblocked = () => failed(new Error("another page holds the database"));
  });
  return opening;
}

async function ask<T>(
  mode: IDBTransactionMode,
  call: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const store = (await open()).transaction(shelf, mode).objectStore(shelf);
    return await new Promise((done, failed) => {
      const request = call(store);
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  } catch {
    return undefined;
  }
}

/** Keeps `value`, anything that can be cloned, under `key`. */
export async function keep(key: string, value: unknown): Promise<void> {
  await ask("readwrite", (store) => store.put(value, key));
}

export async function kept<T>(key: string): Promise<T | undefined> {
  return ask<T>("readonly", (store) => store.get(key));
}

export async function keptKeys(): Promise<string[]> {
  return ((await ask("readonly", (store) => store.getAllKeys())) ?? []).map(String);
}

export async function forget(key: string): Promise<void> {
  await ask("readwrite", (store) => store.delete(key));
}

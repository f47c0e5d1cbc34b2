// localStorage that never throws: private windows and full disks only cost the memory.

const prefix = "tastemaker.";

export function load<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(prefix + key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function save(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // The value lives on in memory for as long as the page is open.
  }
}

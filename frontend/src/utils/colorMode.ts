// Light, dark or as the system says. public/color-mode.js does the same before the first paint;
// the stored key and its plain (not JSON) values must match it.
import { createStore, useStore } from "./store";

export type ColorChoice = "system" | "light" | "dark";

const key = "tastemaker.colorMode";
const system = () => window.matchMedia("(prefers-color-scheme: dark)");

function stored(): ColorChoice {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

const choice = createStore<ColorChoice>(stored());

function apply(): void {
  const dark = choice.get() === "dark" || (choice.get() === "system" && system().matches);
  document.documentElement.classList.toggle("dark", dark);
  document.documentElement.classList.toggle("light", !dark);
}

export function watchColorMode(): void {
  system().addEventListener("change", apply);
  window.addEventListener("storage", (event) => {
    if (event.key !== key) return;
    choice.set(stored());
    apply();
  });
  apply();
}

export function useColorChoice(): [ColorChoice, (next: ColorChoice) => void] {
  const value = useStore(choice);
  return [value, setColorChoice];
}

function setColorChoice(next: ColorChoice): void {
  choice.set(next);
  try {
    localStorage.setItem(key, next);
  } catch {
    // Without storage the choice holds until the page is closed.
  }
  apply();
}

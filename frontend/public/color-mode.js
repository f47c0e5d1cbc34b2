// Runs before the first paint so that the page never flashes in the wrong colours.
// A file of its own because the Content-Security-Policy allows no inline scripts.
(() => {
  let choice = "system";
  try {
    choice = localStorage.getItem("tastemaker.colorMode") ?? "system";
  } catch {
    // Storage may be switched off; the system's choice is a good answer then.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.add(dark ? "dark" : "light");
})();

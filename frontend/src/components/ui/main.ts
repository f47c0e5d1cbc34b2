// The page's main landmark, for overlays that belong to what the page shows.

export const mainLandmark = {
  get current(): HTMLElement {
    return document.querySelector("main") ?? document.body;
  },
};

// Saves files through the browser, one after the other.

// Browsers drop downloads that are started in the same breath.
const pause = 250;

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export async function download(urls: readonly string[]): Promise<void> {
  for (const [index, url] of urls.entries()) {
    if (index > 0) await wait(pause);
    const link = document.createElement("a");
    link.href = url;
    link.download = "";
    document.body.append(link);
    link.click();
    link.remove();
  }
}

/** Where the file of a picture is served as a download with a readable name. */
export function downloadUrl(imageUrl: string): string {
  return `${imageUrl}${imageUrl.includes("?") ? "&" : "?"}download=true`;
}

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

export const formats = ["png", "jpeg", "webp"] as const;
export type Format = (typeof formats)[number];

/** Where the file of a picture is served as a download with a readable name. */
export function downloadUrl(imageUrl: string, format?: Format): string {
  const url = `${imageUrl}${imageUrl.includes("?") ? "&" : "?"}download=true`;
  return format ? `${url}&format=${format}` : url;
}

const frameName = "saved-answers";

/**
 * Sends a form whose answer the browser saves as a file. An answer that is no file ends in a frame
 * that nobody sees, and calls `onFailure`; the page stays.
 */
export function saveAnswer(
  action: string,
  fields: Readonly<Record<string, string>>,
  onFailure: () => void,
): void {
  document.getElementsByName(frameName)[0]?.remove();
  const frame = document.createElement("iframe");
  frame.name = frameName;
  frame.hidden = true;
  frame.title = "Files that are being saved";
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  form.target = frameName;
  form.hidden = true;
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(frame, form);
  // A frame is only filled when there is something to show: not by what is saved as a file.
  frame.addEventListener("load", () => {
    if (!isBlank(frame)) onFailure();
  });
  form.submit();
  form.remove();
}

/** Whether nothing was put into the frame yet; what may not be looked into is something. */
function isBlank(frame: HTMLIFrameElement): boolean {
  try {
    return frame.contentWindow?.location.href === "about:blank";
  } catch {
    return false;
  }
}

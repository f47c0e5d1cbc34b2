// Files as they come from pickers, drops and the clipboard: which are pictures, and their paths.

export type Named = { name: string; file: File };

const pictures = /\.(png|jpe?g|webp|gif|bmp|avif|tiff?)$/i;
const mostFiles = 20_000;

export const pictureTypes = ".png,.jpg,.jpeg,.webp,.gif,.bmp,.avif,.tif,.tiff";

export function isPicture({ name, file }: Named): boolean {
  return pictures.test(name) || file.type.startsWith("image/");
}

/** The files of an input; of a chosen folder with their path within it. */
export function filesOfInput(input: HTMLInputElement): Named[] {
  return [...(input.files ?? [])].map((file) => {
    const path = file.webkitRelativePath;
    return { name: path ? path.slice(path.indexOf("/") + 1) : file.name, file };
  });
}

/** Whether a drag carries files from outside this page. */
export function carriesFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}

/**
 * The files of a drop, folders with all that is in them. Has to be called while the drop is handled:
 * afterwards the browser forgets what was dropped.
 */
export function filesOfDrop(data: DataTransfer): Promise<Named[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...data.files].map((file) => ({ name: file.name, file }));
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(plain);
  const single = entries.length === 1;
  return collect(entries, single);
}

async function collect(entries: (FileSystemEntry | null)[], single: boolean): Promise<Named[]> {
  const found: Named[] = [];
  const ways = entries.flatMap((entry) =>
    // One folder is what the paths are relative to, as with a chosen folder.
    entry ? [{ entry, name: single && entry.isDirectory ? "" : entry.name }] : [],
  );
  for (let way = ways.shift(); way && found.length < mostFiles; way = ways.shift()) {
    const { entry, name } = way;
    if (entry.isFile) {
      const file = await fileOf(entry as FileSystemFileEntry).catch(() => null);
      if (file) found.push({ name, file });
    } else {
      const inside = await inFolder(entry as FileSystemDirectoryEntry).catch(() => []);
      for (const each of inside) {
        if (!each.name.startsWith(".")) {
          ways.push({ entry: each, name: name ? `${name}/${each.name}` : each.name });
        }
      }
    }
  }
  return found;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((done, failed) => entry.file(done, failed));
}

async function inFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // It gives a hundred at a time, and none when there are no more.
    const some = await new Promise<FileSystemEntry[]>((done, failed) =>
      reader.readEntries(done, failed),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

// A file as text, to be sent inside JSON.

export function dataUri(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error ?? new Error("the file couldn't be read"));
    reader.readAsDataURL(file);
  });
}

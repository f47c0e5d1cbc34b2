// Pictures pasted anywhere on the page.
import { useEffect, useRef } from "react";

export function usePicturePaste(onPaste: (files: File[]) => void): void {
  const latest = useRef(onPaste);
  latest.current = onPaste;
  useEffect(() => {
    function listen(event: ClipboardEvent): void {
      const data = event.clipboardData;
      // Text that comes with a picture of itself is meant as text.
      if (!data || data.files.length === 0 || data.types.includes("text/plain")) return;
      event.preventDefault();
      latest.current([...data.files]);
    }
    window.addEventListener("paste", listen);
    return () => window.removeEventListener("paste", listen);
  }, []);
}

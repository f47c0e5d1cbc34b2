// Copies one text and says so.
import { Icon, IconButton } from "@chakra-ui/react";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { notify, notifyError } from "@/components/ui/toaster";
import { copyText } from "@/utils/clipboard";

const shownFor = 1500;

/** Copies `text`; `what` names it in the message. */
export async function copy(text: string, what: string): Promise<boolean> {
  try {
    await copyText(text);
    notify(`${what} copied`);
    return true;
  } catch (error) {
    notifyError(error, "It couldn't be copied");
    return false;
  }
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), shownFor);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <IconButton
      size="2xs"
      variant="ghost"
      color="fg.muted"
      aria-label={`Copy ${what.toLowerCase()}`}
      title={`Copy ${what.toLowerCase()}`}
      onClick={async () => setDone(await copy(text, what))}
    >
      <Icon as={done ? Check : Copy} boxSize="3.5" aria-hidden />
    </IconButton>
  );
}

// What a page needs can't come because nobody answers.
import { CloudOff } from "lucide-react";
import { Notice } from "./Notice";

/** `what` appears as soon as the studio is back: "Your pictures appear". */
export function Offline({ what }: { what: string }) {
  return (
    <Notice icon={CloudOff} title="Waiting for the studio">
      {`It isn't answering at the moment. ${what} here as soon as it is back.`}
    </Notice>
  );
}

// "2 hours ago", with the exact moment on hover. Refreshes itself each minute.
import { useEffect, useState } from "react";
import { exactDate, relativeDate } from "@/utils/dates";

export function RelativeTime({ value }: { value: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={value} title={exactDate(value)}>
      {relativeDate(value, now)}
    </time>
  );
}

import { useEffect, useState } from "react";

/** The browser's clock: the only place that reads it. */
export const now = () => new Date();

/** The present, to the half minute, for whoever shows how long ago something was. */
export function useNow(everyMs = 30_000): Date {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return at;
}

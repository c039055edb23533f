import { sendRaw } from "../api/client.ts";

const missing = new WeakSet<object>();
// What was loaded last because of it is remembered for the tab: a page must not load itself over and over.
const key = "mooring-loaded-afresh";
const againAfterMs = 30_000;

/** Notes which errors mean that a part of the console is not there: after an update the names of all parts are others. */
export function watchParts(): void {
  addEventListener("vite:preloadError", ({ payload }) => missing.add(payload));
}

/** Whether the error is of that kind. */
export const isMissingPart = (error: unknown): boolean => typeof error === "object" && error !== null && missing.has(error);

/** Loads the page as Mooring has it now, where Mooring answers and that was not just done. Gives false when it was not. */
export async function loadAfresh(now: Date): Promise<boolean> {
  try {
    if (now.getTime() - Number(sessionStorage.getItem(key) ?? 0) < againAfterMs) return false;
    sessionStorage.setItem(key, String(now.getTime()));
    if (!(await sendRaw("HEAD", location.pathname)).ok) return false;
  } catch {
    return false;
  }
  location.reload();
  return true;
}

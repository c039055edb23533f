// These run in the page, so each is complete in itself.

interface Own {
  blockedMs: number;
  shownMs?: number | undefined;
}

/** Adds up what each long task of the main thread takes beyond 50 ms, from the beginning of the page on. */
export function watchLongTasks(): void {
  const own = globalThis as unknown as Own;
  own.blockedMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) own.blockedMs += Math.max(0, duration - 50);
  }).observe({ type: "longtask", buffered: true });
}

/** What was added up so far. */
export function blockingTime(): number {
  return (globalThis as unknown as Own).blockedMs;
}

/**
 * From now on, each letter typed into the search sets `shownMs` to how long it took until the first row shown has all that was typed in
 * its name, and the rows are those of this search, painted.
 */
export function timeLetters(): void {
  const own = globalThis as unknown as Own;
  const field = document.querySelector<HTMLInputElement>("input[type=search]");
  const table = document.querySelector("[role=table]");
  if (!field || !table) throw new Error("There is no search or no table.");
  field.addEventListener("keydown", () => {
    const started = performance.now();
    const look = () => {
      const rows = [...document.querySelectorAll("[role=table] [role=row] a")].map(({ textContent }) => textContent ?? "");
      const isNew = document.querySelector("[role=table]")?.getAttribute("aria-busy") !== "true";
      const fits =
        field.value !== "" && isNew && rows.length > 0 && rows.every((name) => name.toLowerCase().includes(field.value.toLowerCase()));
      if (fits) own.shownMs = performance.now() - started;
      else requestAnimationFrame(look);
    };
    // Not before the letter is in the field.
    requestAnimationFrame(look);
  });
}

import type { Log } from "./kernel/log.ts";

/**
 * Ends the program in order on SIGTERM, after `waitMs` in which a balancer can look elsewhere, and on SIGINT, without waiting: that is a
 * person at a terminal. A second signal of either kind ends it at once.
 */
export function closeOnSignal(program: Closable, { waitMs }: { waitMs: number }): void {
  for (const signal of signals) process.on(signal, onSignal);

  function onSignal(signal: NodeJS.Signals): void {
    for (const one of signals) process.off(one, onSignal);
    void program.close({ waitMs: signal === "SIGTERM" ? waitMs : 0 }).then(() => process.exit(0));
  }
}

/** What can be ended in order. */
export interface Closable {
  close(how: { readonly waitMs: number }): Promise<void>;
}

const signals = ["SIGTERM", "SIGINT"] as const;

/** Ends the program with exit code 1 on what nobody foresaw, which leaves it in a state nobody knows: a supervisor starts it anew (L-6). */
export function endOnUnexpected(log: Log): void {
  process.on("uncaughtException", (error) => {
    log.error("an unexpected error ended Mooring", { error });
    process.exit(1);
  });
}

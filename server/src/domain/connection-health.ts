import type { Health } from "@mooring/contract";

/** What is known of a connection, or of one of its environments, when its health is asked for. */
export interface HealthFacts {
  readonly callsLastHour: number;
  readonly failuresLastHour: number;
  readonly lastCallAt?: string | undefined;
  /** How the tokens in use are that are not well; [] when all are. */
  readonly attention: readonly { readonly state: "reauth_required" | "failing" }[];
}

/** How it is doing, in one word: what a person must see to comes first, and what happens to nobody last. */
export function healthOf({ callsLastHour, failuresLastHour, lastCallAt, attention }: HealthFacts, now: Date): Health {
  if (attention.some(({ state }) => state === "reauth_required")) return "attention";
  if (attention.length > 0 || failuresLastHour * 2 > callsLastHour) return "failing";
  return lastCallAt === undefined || lastCallAt < inUseSince(now) ? "unused" : "ok";
}

/** What was called since then is in use. */
export const inUseSince = (now: Date): string => new Date(now.getTime() - 30 * 86_400_000).toISOString();

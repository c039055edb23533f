/** `long` where LONG=1 asks for the thorough run (`npm run test:long`), else `change`, which every change passes. */
const profile: "change" | "long" = process.env.LONG === "1" ? "long" : "change";

/** How often to try: the first number in the run of every change, the second in the long one. */
export function trials(counts: { change: number; long: number }): number {
  return counts[profile];
}

/** How long a test of a property may take: the long run tries for as long as it needs. */
export const propertyTimeoutMs = trials({ change: 60_000, long: 3_600_000 });

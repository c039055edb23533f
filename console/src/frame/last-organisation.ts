const key = "mooring-organisation";

/** Remembers in this browser which organisation was open, for the next time. */
export function rememberOrganisation(org: string): void {
  try {
    localStorage.setItem(key, org);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

/** Which organisation was open last; undefined when none was, or the browser keeps nothing. */
export function lastOrganisation(): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

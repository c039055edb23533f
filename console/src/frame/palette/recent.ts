import type { LinkProps } from "@tanstack/react-router";

/** Something that was picked in the palette, as this browser remembers it. */
export interface Pick {
  readonly kind: "page" | "connection" | "action";
  readonly label: string;
  readonly hint?: string | undefined;
  readonly link: LinkProps;
}

const prefix = "mooring-picks-";
const keptMax = 6;

/** What was picked last, newest first; nothing where the browser keeps nothing. `whose` keeps apart people and organisations. */
export function recentPicks(whose: string): Pick[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(prefix + whose) ?? "[]");
    return Array.isArray(kept) ? kept.slice(0, keptMax) : [];
  } catch {
    return [];
  }
}

/** Remembers a pick. */
export function rememberPick(whose: string, { kind, label, hint, link }: Pick): void {
  const others = recentPicks(whose).filter((one) => JSON.stringify(one.link) !== JSON.stringify(link));
  try {
    localStorage.setItem(prefix + whose, JSON.stringify([{ kind, label, hint, link }, ...others].slice(0, keptMax)));
  } catch {
    // A browser that keeps nothing offers nothing.
  }
}

/** Forgets all picks of everybody, for whoever signs out. */
export function forgetPicks(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

import { justAbove, justBelow } from "../store/calls.ts";
import { cursorOf, type OrderKey } from "../store/pages.ts";

/** What a search of bounded length found: one more than a page holds, where there are as many, and where to go on when it went no further. */
export interface Scan<Item> {
  readonly items: readonly Item[];
  readonly rest: string | undefined;
}

/** What was asked for: `first` at most, from `cut` on, an id or a text between ids. */
export interface AskedPage {
  readonly direction: "older" | "newer";
  readonly first: number;
  readonly cut: string | undefined;
}

/** Newest first. */
export const newestIdFirst: readonly OrderKey[] = [{ field: "id", column: "id", direction: "desc" }];

/** A page that was come to from another says how to get back; it says how to go on when there is more, or more was not looked at. */
export function scannedPage<Item extends { readonly id: string }>(
  { items: found, rest }: Scan<Item>,
  { direction, first, cut }: AskedPage,
): { next?: string; prev?: string; items: Item[] } {
  const items = found.slice(0, first);
  const last = items.at(-1)?.id;
  const onward = found.length > first ? last : rest;
  const back = cut && (items[0]?.id ?? beside(cut, direction));
  if (direction === "newer") items.reverse();
  const [next, prev] = direction === "older" ? [onward, back] : [back, onward];
  return {
    ...(next === undefined ? {} : { next: cursorOf(newestIdFirst, { id: next }) }),
    ...(prev === undefined ? {} : { prev: cursorOf(newestIdFirst, { id: prev }) }),
    items,
  };
}

/** The cut as it is seen from the other side, so that the row at it is not left out. */
function beside(cut: string, direction: "older" | "newer"): string {
  if (cut.endsWith("~")) return cut;
  return direction === "older" ? justBelow(cut) : justAbove(cut);
}

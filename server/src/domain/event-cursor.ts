/** Where a reader stands in the events of a connection: behind the one at `position`, or before all of them with 0. */
export function cursorOf(position: number): string {
  return Buffer.from(`${prefix}${position}`).toString("base64url");
}

/** The position that `cursorOf` made this of; undefined for any other text. */
export function positionOf(cursor: string): number | undefined {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const position = Number(text.slice(prefix.length));
  // Decoders skip what they do not know; only the one spelling that is given out is taken back.
  return Number.isSafeInteger(position) && position >= 0 && cursorOf(position) === cursor ? position : undefined;
}

const prefix = "event:";

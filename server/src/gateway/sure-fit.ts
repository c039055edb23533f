import type { Schema } from "./schemas.ts";
import { type Check, readyCheck } from "./sure-check.ts";

/**
 * Whether a JSON text fits a schema for sure: then nobody else need be asked. False means only that this is not known here, because
 * the schema says what is not looked at here, or the value is long, or does not fit. Takes time in proportion to the text, whatever the schema is: a
 * value meets one schema at a time, no pattern is run, and no code is made.
 */
export function fitsForSure(schema: Schema, json: string): boolean {
  if (json.length > jsonMax) return false;
  const check = checkOf(schema);
  if (check === undefined) return false;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return false;
  }
  const seen = { keys: 0 };
  // A key that is there twice may be read otherwise elsewhere. The parser keeps one of them, so that the text has more.
  return check(value, seen, 0) && seen.keys === keysIn(json);
}

const jsonMax = 64 * 1024;

function checkOf(schema: Schema): Check | undefined {
  if (!known.has(schema)) known.set(schema, readyCheck(schema));
  return known.get(schema);
}

const known = new WeakMap<Schema, Check | undefined>();

/** How many keys a text that is valid JSON has. */
function keysIn(text: string): number {
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === colon) keys += 1;
    else if (code === quote) at = endOfString(text, at);
  }
  return keys;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}

const [quote, colon, backslash] = [0x22, 0x3a, 0x5c];

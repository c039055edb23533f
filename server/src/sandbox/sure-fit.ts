import { keysIn } from "../protocols/http/action/json-text.ts";
import type { Schema } from "./schemas.ts";
import { type Check, readyCheck } from "./sure-check.ts";

/**
 * Whether a JSON text fits a schema for sure: then nobody else need be asked. False means only that this is not known here, because
 * the schema says what is not looked at here, or the value is long, or does not fit. Takes time in proportion to the text, whatever the schema is: a
 * value meets one schema at a time, no pattern is run, and no code is made. `keys` is how many keys the text has, where that is known.
 */
export function fitsForSure(schema: Schema, json: string, keys = keysIn(json)): boolean {
  if (json.length > jsonMax) return false;
  const check = checkOf(schema);
  if (check === neverSure) return false;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return false;
  }
  const seen = { keys: 0 };
  // A key that is there twice may be read otherwise elsewhere. The parser keeps one of them, so that the text has more.
  return check(value, seen, 0) && seen.keys === keys;
}

const jsonMax = 64 * 1024;

function checkOf(schema: Schema): Check {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const check = readyCheck(schema) ?? neverSure;
  known.set(schema, check);
  return check;
}

const known = new WeakMap<Schema, Check>();
const neverSure: Check = () => false;

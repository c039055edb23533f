/** The text of a value, as it was sent. */
export interface ValueText {
  readonly text: string;
  /** Where it begins. */
  readonly from: number;
  /** How many keys are in it, repeated ones too. */
  readonly keys: number;
}

/** The members of an object. */
export interface MemberTexts {
  readonly texts: ReadonlyMap<string, ValueText>;
  /** Names that are there twice: the first text is the one that is given. */
  readonly repeated: readonly string[];
}

/**
 * Finds the members of an object in its JSON (RFC 8259), so that what goes on stays byte for byte, and a long one need not be parsed
 * to be passed on. Undefined when the text is no object. Whether the text of a member is JSON itself is still to be looked at: it is
 * looked over only as far as its end is to be found.
 */
export function memberTexts(text: string): MemberTexts | undefined {
  const texts = new Map<string, ValueText>();
  const repeated: string[] = [];
  let at = afterSpace(text, 0);
  if (text.charCodeAt(at) !== openBrace) return undefined;
  at = afterSpace(text, at + 1);
  while (text.charCodeAt(at) === quote) {
    const nameEnd = afterString(text, at);
    const name = nameEnd === nowhere ? undefined : nameOf(text.slice(at, nameEnd));
    const from = afterSpace(text, nameEnd);
    if (name === undefined || text.charCodeAt(from) !== colon) return undefined;
    const start = afterSpace(text, from + 1);
    const place = { at: start, keys: 0 };
    passValue(text, place);
    const { at: end, keys } = place;
    if (end === nowhere || end === start) return undefined;
    if (texts.has(name)) repeated.push(name);
    else texts.set(name, { text: text.slice(start, end), from: start, keys });
    at = afterSpace(text, end);
    if (text.charCodeAt(at) !== comma) break;
    at = afterSpace(text, at + 1);
    if (text.charCodeAt(at) !== quote) return undefined;
  }
  const isEnd = text.charCodeAt(at) === closeBrace && afterSpace(text, at + 1) === text.length;
  return isEnd ? { texts, repeated } : undefined;
}

const [quote, comma, colon, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x2c, 0x3a, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const nowhere = -1;

function nameOf(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function afterSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; code = text.charCodeAt(at))
    at += 1;
  return at;
}

function afterString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? nowhere : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

/** How many keys a text has; of one that is no JSON, some number. */
export function keysIn(text: string): number {
  const place = { at: afterSpace(text, 0), keys: 0 };
  passValue(text, place);
  return place.keys;
}

/** Goes to the end of a value; `at` is nowhere when it has none. */
function passValue(text: string, place: { at: number; keys: number }): void {
  let { at } = place;
  let depth = 0;
  let keys = 0;
  do {
    const code = text.charCodeAt(at);
    if (code === quote) at = afterString(text, at);
    else if (code === openBrace || code === openBracket) {
      depth += 1;
      at += 1;
    } else if (depth === 0) at = afterWord(text, at);
    else {
      if (code === closeBrace || code === closeBracket) depth -= 1;
      else if (code === colon) keys += 1;
      at += 1;
    }
    if (at === nowhere || at > text.length) at = nowhere;
  } while (depth > 0 && at !== nowhere);
  place.at = at;
  place.keys = keys;
}

function afterWord(text: string, from: number): number {
  wordEnd.lastIndex = from;
  return wordEnd.test(text) ? wordEnd.lastIndex - 1 : text.length;
}

const wordEnd = /[\s,:}\]]/g;

/** A number with more digits than a JavaScript number keeps, as it was written. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** The value of a text that is valid JSON; a number that JavaScript would round is a `RawNumber`. */
export function exactValue(text: string): unknown {
  if (!manyDigits.test(text)) return JSON.parse(text);
  return JSON.parse(text, ((_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === "number" && source !== undefined && isRounded(value, source) ? raw.rawJSON(source) : value) as Reviver);
}

type Reviver = (key: string, value: unknown) => unknown;

/** Whether a value is such a number. */
export const isRawNumber = (value: unknown): value is RawNumber => raw.isRawJSON(value);

// Not in the types of the language yet (proposal "JSON.parse source text access").
const raw = JSON as unknown as { rawJSON(text: string): RawNumber; isRawJSON(value: unknown): boolean };

// A quick look: most texts have no such number, and then nothing is done for one.
const manyDigits = /[\d.]{16}/;

const isRounded = (value: number, source: string) => !Number.isSafeInteger(value) && String(value) !== source;

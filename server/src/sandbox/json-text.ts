import { documentFault } from "./document-fault.ts";

/** What a document may be at most (J-1). */
export interface DocumentLimits {
  readonly depthMax: number;
  /** Of values: objects, lists and what is in them. */
  readonly nodesMax: number;
}

/**
 * The value of a JSON text, after a look over the text that costs little and no memory: one that is too deep or too much is never parsed.
 * Throws `Problem` malformed_document that says line and column, also when an object has a key twice or one named `__proto__` (J-6).
 */
export function readJson(text: string, limits: DocumentLimits): unknown {
  const keys = measure(text, limits);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw faultIn(text);
  }
  // Of two alike the parser keeps one, so that a text with as many keys as its value has none twice.
  if (countKeys(value) !== keys) throw faultIn(text);
  return value;
}

/** How many keys the text has. What is no JSON is measured somehow: the parser refuses it. */
function measure(text: string, { depthMax, nodesMax }: DocumentLimits): number {
  let depth = 0;
  let nodes = 1;
  let keys = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case openBrace:
      case openBracket:
        nodes += 1;
        depth += 1;
        if (depth > depthMax) throw documentFault(text, at, `It is nested deeper than ${depthMax} levels.`);
        break;
      case closeBrace:
      case closeBracket:
        depth -= 1;
        break;
      case comma:
        nodes += 1;
        if (nodes > nodesMax) throw documentFault(text, at, `It has more than ${nodesMax} values.`);
        break;
      case colon:
        keys += 1;
        break;
    }
  }
  return keys;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** How many keys there are in a value, but for those that may not be, so that they are missed and looked for. */
function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const key of Object.keys(value)) {
    if (key !== "__proto__" && key.length <= keyMax && key.isWellFormed()) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  }
  return count;
}

/** What is wrong with one more key of an object; undefined when it may be (J-1, J-6). */
export function keyFault(key: string, others: { has(key: string): boolean }): string | undefined {
  if (key === "__proto__") return "A key may not be __proto__.";
  if (key.length > keyMax) return `A key may have at most ${keyMax} characters.`;
  if (!key.isWellFormed()) return "A key has half of a character in it.";
  return others.has(key) ? "The object has this key twice." : undefined;
}

/** The first fault of a text that has one, with its place. */
function faultIn(text: string) {
  const open: (Set<string> | "list")[] = [];
  let at = 0;
  // What may come: a value, a value or the end of a list, a key or the end of an object, a key, a comma or an end.
  let next: "value" | "first" | "firstKey" | "key" | "more" = "value";
  const fault = (message: string) => documentFault(text, at, message);
  for (;;) {
    at = after(blanks, text, at) ?? at;
    const inside = open.at(-1);
    const sign = text[at];
    if (next === "more" && open.length === 0)
      return sign === undefined ? fault("It is no JSON.") : fault("There is something after the end.");
    if (sign === undefined) return fault("The document ends too early.");
    if (
      (sign === "}" && inside instanceof Set && next !== "key" && next !== "value") ||
      (sign === "]" && inside === "list" && next !== "value")
    ) {
      open.pop();
      at += 1;
      next = "more";
    } else if (next === "more") {
      if (sign !== ",") return fault(`A comma or ${inside === "list" ? "]" : "}"} is missing.`);
      at += 1;
      next = inside === "list" ? "value" : "key";
    } else if (next === "key" || next === "firstKey") {
      const end = after(string, text, at);
      if (end === undefined) return fault("A key in double quotes is missing.");
      const key = JSON.parse(text.slice(at, end)) as string;
      const wrong = keyFault(key, inside as Set<string>);
      if (wrong) return fault(wrong);
      (inside as Set<string>).add(key);
      at = after(blanks, text, end) ?? end;
      if (text[at] !== ":") return fault("A colon is missing after the key.");
      at += 1;
      next = "value";
    } else if (sign === "{" || sign === "[") {
      open.push(sign === "{" ? new Set() : "list");
      at += 1;
      next = sign === "{" ? "firstKey" : "first";
    } else {
      const end = after(string, text, at) ?? after(number, text, at) ?? after(word, text, at);
      if (end === undefined)
        return fault(
          sign === '"' ? "The text is not closed, or has a character or escape that JSON does not know." : "A value is missing.",
        );
      at = end;
      next = "more";
    }
  }
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

const keyMax = 4096;
const blanks = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON's own rule (RFC 8259, section 7)
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const word = /(?:true|false|null)(?!\w)/y;
const [quote, backslash, openBrace, openBracket, closeBrace, closeBracket, comma, colon] = [...'"\\{[}],:'].map((sign) =>
  sign.charCodeAt(0),
) as [number, number, number, number, number, number, number, number];

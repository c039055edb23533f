import { percentEncoded } from "../../domain/percent-encoding.ts";
import { type Encode, type Placeholder, spelled } from "../../domain/template.ts";
import { Problem } from "../../kernel/errors.ts";

/**
 * How a value is written into each place of a request so that the outside system reads exactly that value (I-3). Each throws `Problem`
 * template_unresolved on a value that its place cannot hold, or that some servers would read as something else.
 */
export const encoders = { path, query, header, cookie, json } as const satisfies Record<string, Encode>;

/**
 * Exactly one segment, or a part of one (I-2). Refused are an empty value, and whatever has a `.` or `..` in it as a segment in one of
 * the ways that servers are known to read a path: decoded more than once, `\` for `/`, the parameters of a segment cut off.
 */
function path(value: string, placeholder: Placeholder): string {
  if (plain.test(value)) return value;
  if (value === "") throw unfit(placeholder, "path", "it is empty");
  const read = value
    .replace(/%(?:25)+/g, "%")
    .replace(/%2e/gi, ".")
    .replace(/%3b/gi, ";");
  if (read.split(/[/\\]|%2f|%5c/i).some((segment) => /^\.{1,2}(?:;|$)/.test(segment))) {
    throw unfit(placeholder, "path", "it holds a . or .. segment");
  }
  return percentEncoded(wellFormed(value, placeholder, "path"));
}

/** What every reading of a path leaves as it is. Most values are of that kind. */
const plain = /^[A-Za-z0-9_~-]+$/;

/** The name or the value of a parameter, or a part of it. */
function query(value: string, placeholder: Placeholder): string {
  return percentEncoded(wellFormed(value, placeholder, "query"));
}

/** RFC 9110 section 5.5: no control characters, none beyond Latin-1, and no space at either end, which would be lost on the way. */
function header(value: string, placeholder: Placeholder): string {
  if (!/^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/.test(value)) {
    throw unfit(placeholder, "header", "it holds a control character, one beyond Latin-1, or a space at its end");
  }
  return value;
}

/** RFC 6265 section 4.1.1: there is no encoding that all servers undo, so other characters are refused. */
function cookie(value: string, placeholder: Placeholder): string {
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value)) {
    throw unfit(placeholder, "cookie", "it holds a character that no cookie may hold");
  }
  return value;
}

/** Inside the quotes of a text in JSON (RFC 8259 section 7). */
function json(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function wellFormed(value: string, placeholder: Placeholder, place: string): string {
  if (value.isWellFormed()) return value;
  throw unfit(placeholder, place, "it holds half of a character");
}

/** The value itself is not repeated. */
function unfit(placeholder: Placeholder, place: string, why: string): Problem {
  return new Problem("template_unresolved", {
    message: `The value of ${spelled(placeholder)} does not fit its place in the ${place}: ${why}. Nothing was sent.`,
  });
}

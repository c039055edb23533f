import { Problem } from "../../kernel/errors.ts";

/**
 * The path and query to ask an origin for: the base path, then what the caller sent, byte for byte. `rest` is empty or begins with a
 * slash; both are as they came over the wire. Joining is text in front of text, so the origin has no part in it and cannot change (S-5).
 * Throws `Problem` invalid_request on what no request target may hold (RFC 9112 section 3.2), on a backslash, which URL parsers take
 * for a slash, and on `..` segments that some server would read as leaving the base path.
 */
export function joinPath(base: string, rest: string): string {
  if (refused.test(rest)) throw fault("The path holds a control character, a space, a backslash, a query or a fragment.");
  if (doubtful.test(rest) && climbs(rest)) throw fault("The path leaves the connection's base URL; resolve its .. segments.");
  return base + rest || "/";
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the wire may bring them
const refused = /[\x00-\x20\x7f\\?#]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const refusedInQuery = /[\x00-\x20\x7f#]/;

const doubtful = /(?:\.|%2e)(?:\.|%2e)/i;

/**
 * Whether `path` goes above where it starts, in any of the ways that servers are known to read it: with `%2f` and `%5c` as separators
 * or not, and with the parameters of a segment (`..;a=b`) cut off or not. Empty segments count for nothing, because some servers merge slashes.
 */
function climbs(path: string): boolean {
  const decoded = path.replace(/%2e/gi, ".");
  return [decoded, decoded.replace(/%2f|%5c/gi, "/")].some((reading) => {
    let depth = 0;
    return reading.split("/").some((segment) => {
      const [name] = segment.split(";", 1);
      if (name === "..") depth -= 1;
      else if (name !== "" && name !== ".") depth += 1;
      return depth < 0;
    });
  });
}

/**
 * The query to send: the caller's, without the parameters that a credential sets (so that only the credential's is there), then the
 * credential's. Both are encoded and without a question mark. Throws `Problem` invalid_request as `joinPath` does.
 */
export function joinQuery(given: string, proof: { readonly queryNames: readonly string[]; readonly query: string }): string {
  if (refusedInQuery.test(given)) throw fault("The query holds a control character, a space or a fragment.");
  if (proof.queryNames.length === 0) return given;
  const kept = given.split("&").filter((pair) => !proof.queryNames.includes(nameOf(pair)));
  return [...kept, proof.query].filter((pair) => pair !== "").join("&");
}

/** The name as the server will read it; one that is wrongly encoded stays as it is, as servers leave it. */
function nameOf(pair: string): string {
  const [name = ""] = pair.split("=", 1);
  const spaced = name.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

const fault = (message: string) => new Problem("invalid_request", { message });

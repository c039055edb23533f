import { Problem } from "../kernel/errors.ts";
import { documentFault } from "./document-fault.ts";

/** The text of bytes in UTF-8, with or without a mark of the byte order. Throws `Problem` malformed_document for anything else. */
export function textOf(bytes: Uint8Array): string {
  const other = otherEncoding(bytes);
  if (other) throw new Problem("malformed_document", { message: `It is written in ${other}; send it in UTF-8.` });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidByte(bytes);
  }
}

/** By the mark of the byte order, or by where the zeros of ASCII are (RFC 4627, section 3). */
function otherEncoding([one, two, three, four]: Uint8Array): string | undefined {
  if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff)) return "UTF-16";
  if (one === 0 && two === 0) return "UTF-32";
  if (one !== undefined && one !== 0 && two === 0) return three === 0 && four === 0 ? "UTF-32" : "UTF-16";
  if (one === 0 && two !== undefined) return "UTF-16";
  return undefined;
}

function invalidByte(bytes: Uint8Array): Problem {
  const text = new TextDecoder("utf-8").decode(bytes);
  const encoder = new TextEncoder();
  let at = -1;
  let byteAt = 0;
  let from = 0;
  // The first replacement that was no such character before.
  do {
    at = text.indexOf("\ufffd", at + 1);
    byteAt += encoder.encode(text.slice(from, at)).length;
    from = at;
  } while (at >= 0 && bytes[byteAt] === 0xef && bytes[byteAt + 1] === 0xbf && bytes[byteAt + 2] === 0xbd);
  return documentFault(text, Math.max(0, at), "There is a byte that is not UTF-8.");
}

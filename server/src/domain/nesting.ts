/** Whether brackets of JSON outside of strings are open deeper than `max`: what parses or writes such a body takes many times as long as for others of its size (L-2). */
export function isNestedBeyond(max: number, body: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (isText) {
      if (byte === backslash) at += 1;
      else if (byte === quote) isText = false;
    } else if (byte === quote) isText = true;
    else if (byte === openList || byte === openObject) {
      depth += 1;
      if (depth > max) return true;
    } else if (byte === closeList || byte === closeObject) depth -= 1;
  }
  return false;
}

const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from(`"\\[]{}`);

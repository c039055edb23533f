import { percentEncoded } from "../../domain/percent-encoding.ts";
import { headerKey } from "../../domain/places.ts";
import type { Signature } from "../../domain/proof.ts";
import type { PlannedRequest } from "./plan.ts";

/**
 * The planned request with these signatures of it, made one after the other, so that each also signs what those before it wrote into
 * the URL. `body` is what leaves as the body. Letters beyond ASCII in the path count as the one byte each that they are on the wire.
 */
export function signed<Request extends PlannedRequest>(planned: Request, signatures: readonly Signature[], body: Uint8Array): Request {
  const headers = [...planned.headers];
  let { path } = planned;
  for (const { in: part, name, inputs, of } of signatures) {
    const value = of(inputs.map((input) => (input === "body" ? body : Buffer.from(planned.origin + path, "latin1"))));
    switch (part) {
      case "header":
        if (headerKey(name) === "cookie") addCookie(headers, value);
        else headers.push(name, value);
        break;
      case "cookie":
        addCookie(headers, `${name}=${value}`);
        break;
      case "query":
        path += `${path.includes("?") ? "&" : "?"}${percentEncoded(name)}=${value}`;
        break;
    }
  }
  return { ...planned, path, headers };
}

/** Whether a body must be at hand in whole before its request can be signed. */
export const signsBody = (signatures: readonly Signature[]) => signatures.some(({ inputs }) => inputs.includes("body"));

/** RFC 6265 section 5.4: there is one Cookie header, whoever sets it. The caller's own is never among the headers. */
function addCookie(headers: string[], text: string): void {
  const at = headers.findIndex((name, index) => index % 2 === 0 && headerKey(name) === "cookie");
  if (at === -1) headers.push("Cookie", text);
  else headers[at + 1] += `; ${text}`;
}

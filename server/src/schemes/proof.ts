import { percentEncoded } from "../domain/percent-encoding.ts";
import { headerKey, type Place, placeKey } from "../domain/places.ts";
import type { ProofParts, Signature } from "../domain/proof.ts";
import { Problem } from "../kernel/errors.ts";

/** What credentials add to a request. Setting the same thing twice keeps the later value: credentials apply in order. */
export interface Proof {
  /** Throws `Problem` credential_unusable on a value that no header may hold (RFC 9110 section 5.5). */
  setHeader(name: string, value: string): void;
  /** Takes any text: it is percent-encoded (RFC 3986 section 2.1), which every way to read a query undoes. */
  setQuery(name: string, value: string): void;
  /** Throws `Problem` credential_unusable on a value that is no cookie value (RFC 6265 section 4.1.1): there is no encoding all servers undo. */
  setCookie(name: string, value: string): void;
  /** Takes the place of whatever was set there before, as each of the others does with a signature. */
  setSignature(signature: Signature): void;
  /** Everything set so far, ready to be sent. */
  parts(): ProofParts;
}

/** A proof that says nothing yet. */
export function createProof(): Proof {
  // Keyed as servers compare; query and cookie names as they are.
  const headers = new Map<string, { name: string; value: string }>();
  const query = new Map<string, string>();
  const cookies = new Map<string, string>();
  const signatures = new Map<string, Signature>();
  const plain = { header: headers, query, cookie: cookies };
  const unsign = (place: Place) => signatures.delete(placeKey(place));
  return {
    setHeader(name, value) {
      if (!headerValue.test(value))
        throw unusable(`The secret for the header ${name} holds a line break, a control character, or one beyond Latin-1.`);
      unsign({ in: "header", name });
      headers.set(headerKey(name), { name, value });
    },
    setQuery(name, value) {
      unsign({ in: "query", name });
      query.set(name, value);
    },
    setCookie(name, value) {
      if (!cookieValue.test(value)) throw unusable(`The secret for the cookie ${name} holds a character that no cookie value may hold.`);
      unsign({ in: "cookie", name });
      cookies.set(name, value);
    },
    setSignature(signature) {
      const { in: part, name } = signature;
      plain[part].delete(part === "header" ? headerKey(name) : name);
      // The last to sign signs last, wherever the one before stood.
      unsign(signature);
      signatures.set(placeKey(signature), signature);
    },
    parts: () => ({
      headers: withCookies(headers, cookies),
      queryNames: [...query.keys(), ...[...signatures.values()].flatMap(({ in: part, name }) => (part === "query" ? [name] : []))],
      query: [...query].map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`).join("&"),
      signatures: [...signatures.values()],
    }),
  };
}

/** Says what stands in the way of sending a credential. `message` must not hold the secret. */
export const unusable = (message: string) => new Problem("credential_unusable", { message: `${message} Nothing was sent.` });

const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

const cookieValue = /^(?:[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")$/;

function withCookies(headers: ReadonlyMap<string, { name: string; value: string }>, cookies: ReadonlyMap<string, string>): string[] {
  const pairs = [...headers].filter(([key]) => key !== "cookie" || cookies.size === 0).flatMap(([, { name, value }]) => [name, value]);
  if (cookies.size === 0) return pairs;
  // RFC 6265 section 5.4: there is one Cookie header, whoever sets it.
  const whole = headers.get("cookie");
  return [...pairs, "Cookie", [...(whole ? [whole.value] : []), ...[...cookies].map(([name, value]) => `${name}=${value}`)].join("; ")];
}

import { notAvailable, type Scheme } from "./scheme.ts";

/** A signature over the request (RFC 2104). */
export const hmac: Scheme = {
  about: {
    id: "01KASCHEME0000000000000006",
    type: "hmac",
    name: "HMAC signature",
    description: "Sends, or checks, a signature over the address and body, made with a secret (RFC 2104).",
  },
  apply() {
    throw notAvailable("hmac");
  },
};

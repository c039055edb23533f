import { createHmac } from "node:crypto";
import { unusable } from "./proof.ts";
import { configOf, type Scheme } from "./scheme.ts";
import { keyOf } from "./signature/key.ts";
import { signatureCheck } from "./signature/signature.ts";

/** A signature over the request (RFC 2104): sent in lower-case hexadecimal, checked as its config says. */
export const hmac: Scheme = {
  about: {
    id: "01KASCHEME0000000000000006",
    type: "hmac",
    name: "HMAC signature",
    description: "Sends, or checks, a signature over the address and body, made with a secret (RFC 2104).",
  },
  apply(proof, config, secrets) {
    const { name, in: place, algorithm, digestInputs } = configOf(config, "hmac");
    // Refused when saved; a row may be older than that rule.
    if (algorithm === "sha1") throw unusable("Its signature would be made with sha1, which is too weak; choose sha256 or sha512.");
    const key = keyOf(secrets);
    // Anybody can sign with it.
    if (key.length === 0) throw unusable("The key to sign with is empty.");
    proof.setSignature({
      in: place,
      name,
      inputs: digestInputs,
      of(pieces) {
        const digest = createHmac(algorithm, key);
        for (const piece of pieces) digest.update(piece);
        return digest.digest("hex");
      },
    });
  },
  verify: (config, held) => signatureCheck(configOf(config, "hmac"), held),
};

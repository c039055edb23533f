import type { CredentialSecrets } from "../domain/credential.ts";
import { digestOf, failed, goodAt, isSameDigest, onlyValueAt, prepared } from "./check.ts";
import { unusable } from "./proof.ts";
import { configOf, type Scheme, secretsOf } from "./scheme.ts";

/** User name and password in `Authorization: Basic`, as UTF-8 (RFC 7617 section 2.1). */
export const basicAuth: Scheme = {
  about: {
    id: "01KASCHEME0000000000000003",
    type: "basic-auth",
    name: "Basic authentication",
    description: "Sends a user name and password in the Authorization header (RFC 7617).",
  },
  apply(proof, config, secrets) {
    configOf(config, "basic-auth");
    const { username, password } = secretsOf(secrets, "basic-auth");
    // With a colon in it, what the server reads as the user name would end there, and the rest would become password.
    if (username.includes(":")) throw unusable("The user name holds a colon.");
    const text = `${username}:${password.reveal()}`;
    if (/\p{Cc}/u.test(text)) throw unusable("The user name or password holds a control character.");
    proof.setHeader("Authorization", `Basic ${Buffer.from(text.normalize("NFC"), "utf8").toString("base64")}`);
  },
  verify(config, held) {
    configOf(config, "basic-auth");
    const pairs = prepared(held, pairDigest);
    return (incoming) => {
      const sent = onlyValueAt(incoming, { in: "header", name: "Authorization" }, "password");
      if ("fault" in sent) return failed(sent.fault);
      const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(sent.value) ?? [];
      if (encoded === undefined) {
        return failed({ what: "password", passed: false, message: "The header Authorization is no `Basic` with base64 behind it." });
      }
      const digest = digestOf(Buffer.from(encoded, "base64").toString("utf8").normalize("NFC"));
      const passed = goodAt(pairs, incoming.received.receivedAt).some((good) => good !== undefined && isSameDigest(good, digest));
      const message = passed ? "User name and password are the credential's." : "User name or password are not the credential's.";
      return { passed, steps: [{ what: "password", passed, message }] };
    };
  },
};

/** Of user name and password together; undefined where there is nothing that only the sender knows, or no way to send it. */
function pairDigest(secrets: CredentialSecrets): Buffer | undefined {
  const { username, password } = secretsOf(secrets, "basic-auth");
  if (password.reveal() === "" || username.includes(":")) return undefined;
  return digestOf(`${username}:${password.reveal()}`.normalize("NFC"));
}

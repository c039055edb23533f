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
};

import type { Signature } from "@mooring/contract";
import type { CredentialSecrets } from "../../domain/credential.ts";
import { secretsOf } from "../scheme.ts";

/** The key to sign with: a text is its UTF-8 bytes unless the signature says that it is written otherwise, a file its own bytes. */
export function keyOf(secrets: CredentialSecrets): Buffer {
  if (secrets.type === "binary") return Buffer.from(secrets.valueBase64.reveal(), "base64");
  return Buffer.from(secretsOf(secrets, "string").value.reveal(), "utf8");
}

/** The key to check with. Undefined when there is none, or none that is written as the signature says: nothing is signed with it. */
export function checkingKeyOf(secrets: CredentialSecrets, { secretEncoding = "text", secretPrefix = "" }: Signature): Buffer | undefined {
  const key = secrets.type === "string" ? written(secrets.value.reveal(), secretEncoding, secretPrefix) : keyOf(secrets);
  // Anybody can sign with an empty one.
  return key === undefined || key.length === 0 ? undefined : key;
}

function written(text: string, encoding: "text" | "base64" | "hex", prefix: string): Buffer | undefined {
  const own = prefix !== "" && text.startsWith(prefix) ? text.slice(prefix.length) : text;
  switch (encoding) {
    case "text":
      return Buffer.from(own, "utf8");
    case "base64":
      return /^[A-Za-z0-9+/]+={0,2}$/.test(own) ? Buffer.from(own, "base64") : undefined;
    case "hex":
      return /^(?:[0-9a-fA-F]{2})+$/.test(own) ? Buffer.from(own, "hex") : undefined;
  }
}

import type { AuthSchemeConfigHMAC, Signature } from "@mooring/contract";
import type { CredentialSecrets } from "../../domain/credential.ts";
import type { Received } from "../../domain/received.ts";
import { Secret } from "../../kernel/secret.ts";
import type { CheckStep, HeldSecrets } from "../check.ts";
import { createIncoming } from "../incoming.ts";
import { signaturePresets } from "../presets.ts";
import { bodyVariants, urlVariants } from "./variants.ts";
import { signatureVerdict } from "./verdict.ts";

/**
 * What is different from what was signed, found by trying what usually is: undefined when nothing of it is. Whoever is told so has sent
 * a signature that the credential's key made, so nothing that this says helps to make one.
 */
export function signatureHint(config: AuthSchemeConfigHMAC, held: HeldSecrets, received: Received): CheckStep | undefined {
  if (received.body.length > bodyLengthMax) return undefined;
  for (const { message, ...changes } of guesses(config, held, received)) {
    const guess = { config, held, received, ...changes };
    if (signatureVerdict(atAnyTime(guess.config), guess.held)(createIncoming(guess.received)).passed) {
      return { what: "hint", passed: false, message };
    }
  }
  return undefined;
}

/** Some fifty signatures over more would keep other requests waiting. */
const bodyLengthMax = 256 * 1024;

interface Guess {
  readonly message: string;
  readonly config?: AuthSchemeConfigHMAC;
  readonly held?: HeldSecrets;
  readonly received?: Received;
}

/** In the order of how common each is. A bounded number: each costs a signature. */
function* guesses(config: AuthSchemeConfigHMAC, held: HeldSecrets, received: Received): Generator<Guess> {
  yield { message: "But for the time, all is in order: the signature is over this very request, made with the credential's key." };
  if (held.predecessor) {
    const message =
      "It is made with the secret before the one that is good now, which is not valid any more. Let the sender sign with the new one.";
    yield { message, held: { secrets: held.predecessor.secrets } };
  }
  for (const { what, body } of bodyVariants(received.body)) {
    yield {
      message: `It matches the body ${what}. The body was changed on its way, or was not copied as it was sent.`,
      received: { ...received, body },
    };
  }
  for (const { what, url } of urlVariants(received.url)) {
    yield {
      message: `It matches the address ${what}. Give the sender the address exactly as Mooring shows it.`,
      received: { ...received, url },
    };
  }
  yield* otherKeys(config, held);
  yield* otherConfigs(config);
}

function* otherKeys(config: AuthSchemeConfigHMAC, held: HeldSecrets): Generator<Guess> {
  const { secrets } = held;
  if (secrets.type !== "string") return;
  const trimmed: CredentialSecrets = { type: "string", value: new Secret(secrets.value.reveal().trim()) };
  yield {
    message: "It matches without the space around the credential's secret. Send the secret again without it.",
    held: { secrets: trimmed },
  };
  for (const secretEncoding of ["text", "base64", "hex"] as const) {
    for (const secretPrefix of [undefined, "whsec_"]) {
      const how = `secretEncoding is ${secretEncoding}${secretPrefix ? ` and secretPrefix ${secretPrefix}` : " and there is no secretPrefix"}`;
      const { secretPrefix: _, ...signature } = config.signature ?? {};
      const changed: Signature = { ...signature, secretEncoding, ...(secretPrefix ? { secretPrefix } : {}) };
      yield { message: `It matches when ${how}.`, config: { ...config, signature: changed }, held: { secrets: trimmed } };
    }
  }
}

function* otherConfigs(config: AuthSchemeConfigHMAC): Generator<Guess> {
  for (const { title, name, authSchemeConfig } of signaturePresets) {
    yield { message: `It matches when it is checked as ${title} signs: use the preset ${name}.`, config: authSchemeConfig };
  }
  for (const algorithm of ["sha1", "sha256", "sha512"] as const) {
    for (const encoding of ["hex", "base64"] as const) {
      for (const prefix of [undefined, `${algorithm}=`]) {
        const { prefix: _, ...signature } = config.signature ?? {};
        const how = `algorithm is ${algorithm}, encoding ${encoding}, and ${prefix ? `prefix ${prefix}` : "there is no prefix"}`;
        const changed: Signature = { ...signature, encoding, ...(prefix ? { prefix } : {}) };
        yield { message: `It matches when ${how}.`, config: { ...config, algorithm, signature: changed } };
      }
    }
  }
  for (const digestInputs of [["body"], ["url"], ["url", "body"], ["body", "url"]] as const) {
    const { content: _, timestamp: __, id: ___, toleranceSeconds: ____, bodyDigest: _____, ...signature } = config.signature ?? {};
    const message = `It matches when ${digestInputs.join(" and ")} ${digestInputs.length > 1 ? "are" : "is"} signed, and nothing else.`;
    yield { message, config: { ...config, digestInputs: [...digestInputs], signature } };
  }
}

/** What comes late may be right in all else. */
function atAnyTime(config: AuthSchemeConfigHMAC): AuthSchemeConfigHMAC {
  if (!config.signature?.timestamp) return config;
  return { ...config, signature: { ...config.signature, toleranceSeconds: Number.MAX_SAFE_INTEGER } };
}

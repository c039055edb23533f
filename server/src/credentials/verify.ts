import type { Verification, VerificationStep } from "@mooring/contract";
import { masked } from "../domain/mask.ts";
import { headerKey, type Place, placeOf } from "../domain/places.ts";
import type { Received } from "../domain/received.ts";
import type { TriggerCredential } from "../domain/trigger-target.ts";
import { type CheckDepth, digestOf, type Once } from "../schemes/check.ts";
import { createIncoming, queryPair } from "../schemes/incoming.ts";
import { schemes } from "../schemes/schemes.ts";

/** An environment's trigger credentials, ready for many requests: config and secrets are read once. */
export interface Verifier {
  /**
   * Whether all of them pass, in their order; none at all pass nothing (W-2). Never throws, whatever came. With `hints` it goes on after
   * the first that does not, and says what would have passed.
   */
  verify(received: Received, depth?: CheckDepth): Verified;
  /** What of the request may be kept and shown (V-7): its headers, and its address without the origin, masks where secrets are. */
  mask(received: Received): { headers: string[]; target: string };
}

export interface Verified {
  readonly verification: Verification;
  /** The same for a request that comes again (W-4); undefined when nothing signed tells, and for one that did not pass. */
  readonly dedupeKey: string | undefined;
}

/** Prepares the checks of these credentials; whoever keeps the credentials keeps what this gives. */
export function createVerifier(credentials: readonly TriggerCredential[]): Verifier {
  const checks = credentials.map(({ id, config, secrets, predecessor }) => ({
    credential: id,
    scheme: config.schemeType,
    check: schemes[config.schemeType].verify(config, predecessor ? { secrets, predecessor } : { secrets }),
  }));
  const carriers = credentials.flatMap(({ config }) => (config.schemeType === "api-key" ? [placeOf(config) as Place] : []));
  return { verify, mask: masker(carriers) };

  function verify(received: Received, depth: CheckDepth = "verdict"): Verified {
    if (checks.length === 0) return { verification: { passed: false, steps: [noCredential] }, dedupeKey: undefined };
    const incoming = createIncoming(received);
    const steps: VerificationStep[] = [];
    const once: Once[] = [];
    let isPassed = true;
    for (const { credential, scheme, check } of checks) {
      const checked = check(incoming, depth);
      for (const step of checked.steps) steps.push({ credential, scheme, ...step });
      if (checked.once) once.push(checked.once);
      isPassed &&= checked.passed;
      if (!isPassed && depth === "verdict") break;
    }
    return { verification: { passed: isPassed, steps }, dedupeKey: isPassed ? dedupeKeyOf(once) : undefined };
  }
}

const noCredential: VerificationStep = {
  what: "credentials",
  passed: false,
  message: "The environment has no trigger credential, so nobody may send. Give it one; `none` opens it to everybody.",
};

function dedupeKeyOf(once: readonly Once[]): string | undefined {
  for (const one of once) if ("id" in one) return one.id;
  const contents = once.flatMap((one) => ("content" in one ? [one.content] : []));
  return contents.length > 1 ? digestOf(contents.join()).toString("base64url") : contents[0];
}

/** Which headers and query parameters are secret, read once. */
function masker(carriers: readonly Place[]): (received: Received) => { headers: string[]; target: string } {
  const named = (part: Place["in"]) => carriers.flatMap((place) => (place.in === part ? [place.name] : []));
  const secretHeaders = new Set([...alwaysSecret, ...named("header").map(headerKey)]);
  const secretParameters = new Set(named("query"));
  return ({ rawHeaders, url }) => ({
    headers: rawHeaders.map((text, at) => {
      if (at % 2 === 0) return text;
      const name = rawHeaders[at - 1] as string;
      return secretHeaders.has(headerKey(name)) ? masked({ in: "header", name }, text) : text;
    }),
    target: maskedTarget(url, secretParameters),
  });
}

const alwaysSecret = ["authorization", "proxy-authorization", "cookie"];

function maskedTarget(url: string, secretParameters: ReadonlySet<string>): string {
  const target = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  const at = target.indexOf("?");
  const path = (at === -1 ? target : target.slice(0, at)).replace(shortAddress, `$1${masked(anyPlace, "")}`);
  if (at === -1) return path;
  const pairs = target
    .slice(at + 1)
    .split("&")
    .map((pair) => (secretParameters.has(queryPair(pair)[0]) ? `${pair.split("=", 1)[0]}=${masked(anyPlace, "")}` : pair));
  return `${path}?${pairs.join("&")}`;
}

/** Whoever knows a short address may send to it. */
const shortAddress = /^((?:\/[^/?]+)*\/t\/)[^/?]+$/;
const anyPlace: Place = { in: "query", name: "" };

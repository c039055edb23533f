import type { AuthSchemeConfigHMAC } from "@mooring/contract";
import type { Check, HeldSecrets } from "../check.ts";
import { signatureHint } from "./hints.ts";
import { signatureVerdict } from "./verdict.ts";

/** Prepares the check of a signature as its config says. */
export function signatureCheck(config: AuthSchemeConfigHMAC, held: HeldSecrets): Check {
  const verdict = signatureVerdict(config, held);
  return (incoming, depth) => {
    const checked = verdict(incoming);
    if (checked.passed || depth === "verdict") return checked;
    const hint = signatureHint(config, held, incoming.received);
    return hint ? { ...checked, steps: [...checked.steps, hint] } : checked;
  };
}

import type { SignaturePresetList, Verification, VerificationRequest } from "@mooring/contract";
import type { Seals } from "../credentials/seals.ts";
import { createTriggerTargetLoader } from "../credentials/trigger-targets.ts";
import { createVerifier } from "../credentials/verify.ts";
import type { Received } from "../domain/received.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import { signaturePresets } from "../schemes/presets.ts";
import type { Database } from "../store/database.ts";
import type { Call } from "./change.ts";
import { requireConnection } from "./rights.ts";

export interface VerificationDeps {
  readonly db: Database;
  readonly seals: Seals;
  readonly clock: Clock;
  readonly publicUrl: URL;
}

/** A trigger in an environment, which is named by its id or name. */
export interface TriggerPlace {
  readonly connectionId: ConnectionId;
  readonly environment: string;
  readonly trigger: string;
}

/**
 * What the environment's trigger credentials say of a delivery that somebody pasted, and what would have passed. Keeps nothing. Throws
 * `Problem` not_found, forbidden to a key that is limited to other environments, and invalid_request for a body that is given twice.
 */
export async function verify(
  deps: VerificationDeps,
  { actor }: Call,
  { connectionId, environment, trigger }: TriggerPlace,
  given: VerificationRequest,
): Promise<Verification> {
  requireConnection(actor, connectionId);
  const { clock, publicUrl } = deps;
  const load = createTriggerTargetLoader(deps);
  const target = await load(actor.org, connectionId, { environment, trigger, version: given.version ?? "default" });
  if (!target) throw new Problem("not_found");
  if (actor.environments && !actor.environments.has(target.environmentId)) {
    throw new Problem("forbidden", { message: "The API key is limited to other environments." });
  }
  const own = `/o/${actor.org}/connections/${connectionId}/environments/${target.environmentId}/triggers/${target.trigger.name}`;
  const received: Received = {
    method: given.method ?? "POST",
    url: bytesAsText(absolute(given.url ?? own, publicUrl)),
    rawHeaders: given.headers.flatMap(({ name, value }) => [name, bytesAsText(value.trim())]),
    body: bodyOf(given),
    receivedAt: given.receivedAt === undefined ? clock.now() : new Date(given.receivedAt),
  };
  return createVerifier(target.credentials).verify(received, "hints").verification;
}

/** How well-known systems sign. */
export const listPresets = (): SignaturePresetList => ({ items: [...signaturePresets] });

/** An address without its origin is one of Mooring's. */
const absolute = (url: string, publicUrl: URL) => (url.startsWith("/") ? publicUrl.origin + url : url);

/** Text as the wire gives it: one character for each byte. */
const bytesAsText = (text: string) => Buffer.from(text, "utf8").toString("latin1");

function bodyOf({ body, bodyBase64 }: VerificationRequest): Buffer {
  if (bodyBase64 === undefined) return Buffer.from(body ?? "", "utf8");
  const bytes = Buffer.from(bodyBase64, "base64");
  const message = body === undefined ? "It is no base64." : "Give the body as text or in base64, not both.";
  const isWhole = bytes.toString("base64") === bodyBase64;
  if (body !== undefined || !isWhole) throw new Problem("invalid_request", { fields: [{ field: "bodyBase64", message }] });
  return bytes;
}

import type { IncomingHttpHeaders } from "node:http";
import { openOriginal } from "../../credentials/event-originals.ts";
import type { Seals } from "../../credentials/seals.ts";
import type { LoadTriggerTarget } from "../../credentials/trigger-targets.ts";
import type { NewEvent, StoredEvent } from "../../domain/event.ts";
import type { Received } from "../../domain/received.ts";
import { type OrganisationId, tokenHashOf } from "../../kernel/ids.ts";
import type { Checks } from "../../sandbox/held-against.ts";
import type { Database } from "../../store/database.ts";
import { findTriggerAddress } from "../../store/trigger-addresses.ts";
import { ingestAddressOf } from "./address.ts";
import { keptKey } from "./dedupe.ts";
import { fitOf } from "./fit.ts";
import { readied } from "./targets.ts";

/** What comes of looking at an unverified event once more: the event as it would be kept if it came in now. */
export type VerifiedAgain = Pick<NewEvent, "headers" | "target" | "verification" | "fits" | "faults" | "dedupeKey" | "isRefused"> & {
  readonly verification: NonNullable<NewEvent["verification"]>;
};

/**
 * Verifies an unverified event with the credentials as they are now, as of the time at which it came, and holds one that passes against
 * its trigger. Writes nothing. Undefined when its environment, its trigger or its original is gone. Rejects with `Problem` overloaded.
 */
export type VerifyAgain = (org: OrganisationId, event: StoredEvent) => Promise<VerifiedAgain | undefined>;

export interface VerifyAgainDeps {
  readonly db: Pick<Database, "read">;
  readonly seals: Seals;
  readonly loadTarget: LoadTriggerTarget;
  readonly sandbox: Checks;
}

export function createVerifyAgain({ db, seals, loadTarget, sandbox }: VerifyAgainDeps): VerifyAgain {
  return async (org, event) => {
    const { connectionId, environmentId: environment, triggerName: trigger, sealed, method = "", body, receivedAt } = event;
    if (sealed === undefined || environment === undefined || trigger === undefined) return undefined;
    const received: Received = { method, body, receivedAt, ...openOriginal(await seals.of(org), event.id, sealed) };
    const place = (version: string) => ({ environment, trigger, version });
    const path = pathOf(received.url);
    // A version that is gone by now may have left the trigger to the next one.
    const found =
      (await loadTarget(org, connectionId, place(await versionOf(path)))) ?? (await loadTarget(org, connectionId, place("default")));
    // By a name that looks like this one's id, another could be found.
    if (found?.environmentId !== environment) return undefined;
    const ready = readied(found);
    const { verification, dedupeKey } = ready.verifier.verify(received, "hints");
    // What was masked when it came stays so, whatever the credentials now say of where secrets are.
    const masked = ready.verifier.mask({ ...received, url: event.target ?? "", rawHeaders: event.headers });
    if (!verification.passed) return { ...masked, verification, dedupeKey, fits: undefined, faults: undefined };
    const fit = await fitOf(sandbox, ready, { headers: headersOf(received), target: path, body: received.body });
    const isRefused = fit.fits === false && found.trigger.document.strict === true;
    return {
      ...masked,
      verification,
      dedupeKey: keptKey(dedupeKey, { isRefused }),
      fits: fit.fits,
      faults: fit.fits === false ? fit.faults : undefined,
      isRefused,
    };
  };

  async function versionOf(path: string): Promise<string> {
    const address = ingestAddressOf(path);
    if (address?.token === undefined) return address?.version ?? "default";
    const triggerTokenHash = tokenHashOf(address.token);
    const known = await db.read({ triggerTokenHash }, (tx) => findTriggerAddress(tx, triggerTokenHash));
    return known?.version ?? "default";
  }
}

const pathOf = (url: string) => url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");

/** As node:http joins them. */
function headersOf({ rawHeaders }: Received): IncomingHttpHeaders {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = [(rawHeaders[at] as string).toLowerCase(), rawHeaders[at + 1] as string];
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (name !== "content-type") headers[name] = `${before}${name === "cookie" ? "; " : ", "}${value}`;
  }
  return headers;
}

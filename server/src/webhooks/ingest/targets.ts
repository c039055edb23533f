import type { LoadTriggerTarget } from "../../credentials/trigger-targets.ts";
import { createVerifier, type Verifier } from "../../credentials/verify.ts";
import { successStatus } from "../../domain/trigger.ts";
import type { TriggerTarget } from "../../domain/trigger-target.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type ConnectionId, isUlid, type OrganisationId, tokenHashOf } from "../../kernel/ids.ts";
import { type Media, mediaOf } from "../../protocols/http/action/ready.ts";
import { createSchemas, type Schemas } from "../../sandbox/schemas.ts";
import type { Change, Database } from "../../store/database.ts";
import { findTriggerAddress, type StoredTriggerAddress } from "../../store/trigger-addresses.ts";
import { createLoads } from "../../traffic/loads.ts";
import type { IngestAddress } from "./address.ts";

/** Triggers, readied for what comes in and kept in memory, so that an event asks no database before it is kept. */
export interface Targets {
  /**
   * What an address leads to: at once when it is in memory. Undefined when it leads nowhere, whatever is wrong with it (W-7); nothing is
   * written then.
   */
  find(address: IngestAddress): ReadyTarget | undefined | Promise<ReadyTarget | undefined>;
  /** Forgets what a committed change may have touched: nothing that comes in after this sees the state before. */
  invalidate(change: Change): void;
  /** How many are kept. */
  size(): number;
}

/** A trigger as one committed state, with all that was made of it once. Never changed: a change makes a new one. */
export interface ReadyTarget {
  /** The same for whichever addresses lead to this trigger in this environment. */
  readonly key: string;
  readonly target: TriggerTarget;
  readonly verifier: Verifier;
  readonly method: string;
  /** What a body may be; empty where it may be anything. */
  readonly media: readonly Media[];
  readonly schemas: Schemas;
  /** What the sender is answered once an event is kept. */
  readonly status: number;
  /** How somebody without proof is asked for one (RFC 9110 section 11.6.1). */
  readonly challenge: string;
}

export interface TargetsDeps {
  readonly db: Pick<Database, "read" | "changes">;
  readonly loadTarget: LoadTriggerTarget;
  readonly clock: Clock;
}

/** Targets as they are in the database. */
export function createTargets({ db, loadTarget, clock }: TargetsDeps): Targets {
  const { isLive } = db.changes;
  const targets = createLoads<ReadyTarget>({ isLive, loadsMax, weightMax: charactersMax, weightOf });
  const addresses = createLoads<KnownAddress>({ isLive, loadsMax, weightMax: addressesMax });
  db.changes.subscribe(invalidate);
  return { find, invalidate, size: targets.size };

  function find(address: IngestAddress): ReadyTarget | undefined | Promise<ReadyTarget | undefined> {
    if (address.token !== undefined) return behind(address.token);
    const { org, connection, environment, trigger, version } = address;
    if (!isUlid(org) || !isUlid(connection)) return undefined;
    return located(org as OrganisationId, connection as ConnectionId, { environment, trigger, version });
  }

  function located(org: OrganisationId, connectionId: ConnectionId, place: Parameters<LoadTriggerTarget>[2]) {
    const { environment, trigger, version } = place;
    if (!isName(trigger) || !isText(environment, 200) || !isText(version, 100)) return undefined;
    const key = `${org}/${connectionId}/${environment}/${version}/${trigger}`;
    const load = async () => {
      const target = await loadTarget(org, connectionId, place);
      return target && readied(target);
    };
    return targets.find(key) ?? targets.load(key, { org, connectionId }, load);
  }

  function behind(token: string) {
    // What was never given out is not looked for.
    if (!/^[A-Za-z0-9_-]{32}$/.test(token)) return undefined;
    const tokenHash = tokenHashOf(token);
    const known = addresses.find(tokenHash);
    return known ? leadTo(known) : addresses.load(tokenHash, nobody, () => found(tokenHash)).then((one) => one && leadTo(one));
  }

  async function found(tokenHash: string): Promise<KnownAddress | undefined> {
    return db.read({ triggerTokenHash: tokenHash }, (tx) => findTriggerAddress(tx, tokenHash));
  }

  /** Looked at each time: it may have ended while it was kept. */
  function leadTo({ org, connectionId, environmentId, trigger, version = "default", expiresAt }: KnownAddress) {
    if (expiresAt !== undefined && expiresAt.getTime() <= clock.now().getTime()) return undefined;
    return located(org, connectionId, { environment: environmentId, trigger, version });
  }

  function invalidate(change: Change): void {
    targets.forget({ value: ({ target }) => touchesTarget(change, target), load: (about) => touchesLoad(change, about) });
    // Whose address is being looked for is not known yet.
    addresses.forget({ value: (address) => touchesLoad(change, address), load: () => true });
  }
}

type KnownAddress = StoredTriggerAddress & { readonly org: OrganisationId };

const nobody = { org: "" as OrganisationId, connectionId: "" };
const loadsMax = 8;
const addressesMax = 100_000;
const charactersMax = 16_000_000;

const isName = (name: string) => /^[a-zA-Z0-9_\-$]{1,200}$/.test(name);
const isText = (text: string, lengthMax: number) => text.length > 0 && text.length <= lengthMax && !/[/\0]/.test(text);

/** A target with all that is made of it once. */
export function readied(target: TriggerTarget): ReadyTarget {
  const { org, environmentId, trigger, definitions, credentials } = target;
  const { method, requestBody } = trigger.document;
  return {
    key: `${org} ${environmentId} ${trigger.name}`,
    target,
    verifier: createVerifier(credentials),
    method,
    media: mediaOf(requestBody?.definitions ?? [], definitions),
    schemas: createSchemas(definitions, []),
    status: successStatus(trigger.document),
    challenge: credentials.some(({ config }) => config.schemeType === "basic-auth") ? 'Basic realm="trigger"' : "Webhook",
  };
}

/** In characters; what is made of the document takes several times its room. */
const weightOf = ({ target: { trigger, definitions } }: ReadyTarget) =>
  definitions.reduce((sum, { content }) => sum + content.length, 2_000 + 4 * JSON.stringify(trigger.document).length);

function touchesTarget(change: Change, { org, connectionId, credentials }: TriggerTarget): boolean {
  if (change.kind === "everything") return true;
  if (change.org !== org) return false;
  if (change.kind === "connection") return change.id === connectionId;
  return change.kind === "credential" && credentials.some(({ credentialId }) => credentialId === change.id);
}

/** Which credentials a load will find is not known yet, so a change of any counts. */
function touchesLoad(change: Change, { org, connectionId }: { readonly org: OrganisationId; readonly connectionId: string }): boolean {
  if (change.kind === "everything") return true;
  if (change.org !== org) return false;
  return change.kind === "credential" || (change.kind === "connection" && change.id === connectionId);
}

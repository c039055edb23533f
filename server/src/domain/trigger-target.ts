import type { ConnectionId, EnvironmentId, OrganisationId } from "../kernel/ids.ts";
import type { CredentialSecrets } from "./credential.ts";
import type { CalledDefinition } from "./definition.ts";
import type { AppliedCredential } from "./snapshot.ts";
import type { StoredTrigger } from "./trigger.ts";

/** Everything that taking an event in needs, as one committed state. Never changed: a change makes a new one. */
export interface TriggerTarget {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
  readonly environmentId: EnvironmentId;
  readonly environmentName: string;
  readonly trigger: StoredTrigger;
  /** Whatever the trigger uses, and whatever that refers to. */
  readonly definitions: readonly CalledDefinition[];
  /** The environment's trigger credentials, opened, in the order they are checked. */
  readonly credentials: readonly TriggerCredential[];
}

/** A credential that checks what comes in. */
export interface TriggerCredential extends AppliedCredential {
  /** The secret before the one that is good now, while it is good as well (W-7). */
  readonly predecessor?: { readonly secrets: CredentialSecrets; readonly validUntil: Date };
}

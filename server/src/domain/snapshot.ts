import type { AuthSchemeConfig, ProtocolType } from "@mooring/contract";
import type { ConnectionId, CredentialId, EnvironmentId, OrganisationId } from "../kernel/ids.ts";
import type { CredentialSecrets } from "./credential.ts";
import type { HeldToken } from "./token.ts";

/** Everything a call through one environment needs, as one committed state. Never changed: a change makes a new one. */
export interface EnvironmentSnapshot {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
  readonly connectionName: string;
  readonly environmentId: EnvironmentId;
  readonly environmentName: string;
  readonly protocol: ProtocolType;
  /** A template; empty for a protocol without one. */
  readonly baseUrl: string;
  /** Of a BigQuery connection, as it was written; undefined for other protocols. */
  readonly datasetId?: string;
  readonly variables: ReadonlyMap<string, string>;
  /** How often a call is sent again that does not say how often; not at all when undefined. */
  readonly retries?: number;
  /** The environment's action credentials, opened, in the order they are applied. */
  readonly credentials: readonly AppliedCredential[];
}

/** A credential and how this environment proves identity with it. */
export interface AppliedCredential {
  readonly id: string;
  readonly config: AuthSchemeConfig;
  readonly credentialId: CredentialId;
  readonly secrets: CredentialSecrets;
  /** For a scheme whose calls carry a token: what there is of it, perhaps nothing yet. Undefined for the other schemes. */
  readonly token?: HeldToken;
  /** For people. */
  readonly credentialName?: string;
}

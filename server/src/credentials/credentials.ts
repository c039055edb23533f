import type { Clock } from "../kernel/clock.ts";
import type { NewId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Net } from "../net/net.ts";
import type { Database } from "../store/database.ts";
import type { Vault } from "../vault/vault.ts";
import { createSeals, type Seals } from "./seals.ts";
import { createSnapshotLoader } from "./snapshots.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";
import { createTokenEndpoint } from "./token-requests.ts";
import { createTokens, type Tokens } from "./tokens.ts";

/** Secrets in use, as the other rooms need them: sealed and opened, read for a call, and their tokens obtained and renewed. */
export interface Credentials {
  readonly seals: Seals;
  readonly loadSnapshot: ReturnType<typeof createSnapshotLoader>;
  readonly endpoint: TokenEndpoint;
  readonly tokens: Tokens;
}

export interface CredentialsDeps {
  readonly db: Database;
  readonly vault: Vault;
  readonly net: Pick<Net, "dispatch">;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  readonly config: { readonly googleTokenUrl: string; readonly bigQueryUrl: string };
}

export function createCredentials({ db, vault, net, clock, log, newId, config }: CredentialsDeps): Credentials {
  const { googleTokenUrl, bigQueryUrl } = config;
  const seals = createSeals({ db, vault });
  const endpoint = createTokenEndpoint({ net, clock, googleTokenUrl });
  return {
    seals,
    endpoint,
    loadSnapshot: createSnapshotLoader({ db, seals, clock, bigQueryUrl }),
    tokens: createTokens({ db, seals, endpoint, clock, newId, log, owner: newId<string>() }),
  };
}

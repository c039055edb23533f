import { createCredentials } from "../../src/credentials/credentials.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { type ConnectionId, createIds, type OrganisationId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { parseEgressRule } from "../../src/net/egress.ts";
import { createNet } from "../../src/net/net.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";

/** What the process is told when it is started, as JSON in its first argument. */
export interface TokenWorkerSetup {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly allow: string;
}

/** What it is asked to do: renew the token of the one environment of a connection. It answers with how that went. */
export interface RenewalWish {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
}

export interface RenewalReport {
  readonly outcome: string;
  readonly stats: Readonly<Record<string, number>>;
}

/** A process that renews tokens with the real parts and nothing around them, so that it can be stopped and killed in the middle of it. */
async function run({ databaseUrl, masterKey, allow }: TokenWorkerSetup): Promise<void> {
  const log = createLog("silent");
  const db = await openPostgres({ url: new Secret(databaseUrl), log, connectionsMax: 2 });
  const vault = createVault(loadMasterKey({ dataDir: "", configured: new Secret(masterKey), mayGenerate: false }));
  const net = createNet({ allow: [parseEgressRule(allow)], log, clock: systemClock });
  const config = { googleTokenUrl: "", bigQueryUrl: "" };
  const { tokens, loadSnapshot } = createCredentials({ db, vault, net, clock: systemClock, log, newId: createIds(systemClock), config });
  process.on("message", ({ org, connectionId }: RenewalWish) => void renew(org, connectionId));
  process.on("disconnect", () => process.exit(0));
  process.send?.("ready");

  async function renew(org: OrganisationId, connectionId: ConnectionId): Promise<void> {
    const snapshot = await loadSnapshot(org, connectionId, "prod");
    const credential = snapshot?.credentials[0];
    if (!credential) throw new Error("The connection has no credential.");
    const outcome = await tokens.renew(org, credential).then(
      () => "renewed",
      (error: { code?: string }) => error.code ?? "failed",
    );
    process.send?.({ outcome, stats: tokens.stats() } satisfies RenewalReport);
  }
}

await run(JSON.parse(process.argv[2] ?? "{}") as TokenWorkerSetup);

import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { bootstrap } from "./bootstrap.ts";
import { type Config, publicUrlOf } from "./config.ts";
import { createImportRoom } from "./control/import-room.ts";
import { once } from "./control/once.ts";
import { createReaders } from "./control/readers.ts";
import { createCredentials } from "./credentials/credentials.ts";
import { actionsOf } from "./gateway/actions.ts";
import { createGateway } from "./gateway/gateway.ts";
import { startRecording } from "./gateway/recording.ts";
import { snapshotsOf } from "./gateway/resolve.ts";
import { createAuthenticator } from "./http/authenticate.ts";
import { type Listener, listen } from "./http/listener.ts";
import { operationHandlers } from "./http/operation-handlers.ts";
import { registerPages } from "./http/pages.ts";
import { registerSchemas } from "./http/schemas.ts";
import { serveHttp } from "./http/server.ts";
import { registerService } from "./http/service.ts";
import { registerUploads } from "./http/uploads.ts";
import { type Clock, systemClock } from "./kernel/clock.ts";
import { createIds, type OrganisationId } from "./kernel/ids.ts";
import { createLog, type Log } from "./kernel/log.ts";
import { giveBackMemory } from "./memory.ts";
import { createNet } from "./net/net.ts";
import type { Resolve } from "./net/resolver.ts";
import { openDatabase } from "./open-database.ts";
import { createPeople, type People } from "./people/people.ts";
import { createSandbox } from "./sandbox/sandbox.ts";
import { type Closing, closeOnSignal, endOnUnexpected } from "./shutdown.ts";
import { createConnectionReads } from "./store/connection-reads.ts";
import type { Database } from "./store/database.ts";
import { createPasswords } from "./vault/password.ts";
import { startWebhooks } from "./webhooks/webhooks.ts";
import { greetingFor } from "./welcome.ts";
import { joinWorkers, type Membership } from "./worker.ts";

/** A running Mooring. */
export interface Mooring {
  /** Where people and programs reach it. */
  readonly url: URL;
  readonly db: Database;
  readonly people: People;
  /** What a person at the terminal should see; to be asked for once. Holds the first API key when this was the first start. */
  greeting(): Promise<string>;
  /** Becomes unready, serves on for `waitMs` (0 when not said), finishes what is under way, and lets go of everything (L-3). */
  close(how?: Closing): Promise<void>;
}

/** Starts Mooring; resolves when it serves. Throws an Error that says what to do when port, database or master key is not to be had. */
export async function startMooring(start: Start): Promise<Mooring> {
  const { config, clock = systemClock, log = createLog(config.logLevel), siblings } = start;
  const listener = await listen({ ...config, opens: siblings?.isFirst === false ? "when it serves" : "now" });
  try {
    return await assemble({ ...start, clock, log, listener });
  } catch (error) {
    await listener.close({ idleMs: 0, drainMs: 0 });
    throw error;
  }
}

/** Clock, log and DNS are doors for tests. */
interface Start {
  readonly config: Config;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly resolve?: Resolve;
  /** Given when this is one of several processes. */
  readonly siblings?: Membership;
}

async function assemble({ config, clock, log, resolve, siblings, listener }: Start & Assembling): Promise<Mooring> {
  const url = new URL(publicUrlOf(config, listener.port));
  const newId = createIds(clock);
  const { db, vault, secret } = await openDatabase(config, log);
  const first = await bootstrap({ db, vault, clock, newId }, config.bootstrap);

  const passwords = createPasswords({ concurrency: 2, queueMax: 32 });
  const people = createPeople({ db, clock, newId, publicUrl: url, secret, passwords, log });
  const authenticator = createAuthenticator({ db, clock, log, people, publicUrl: url });
  const poolsMax = Math.max(1024, config.callsMax);
  const net = createNet({ allow: config.egressAllow, own: { port: listener.port }, log, clock, poolsMax, ...(resolve ? { resolve } : {}) });
  const { seals, endpoint, tokens, loadSnapshot } = createCredentials({ db, vault, net, clock, log, newId, config });
  const kept = { snapshots: snapshotsOf(db, loadSnapshot), actions: actionsOf(db) };
  const authenticate = (request: IncomingMessage, org: OrganisationId) => authenticator.actorFor(request, org, "gateway");
  const record = startRecording({ db, clock, log, keepHours: config.callsKeepHours, callsMax: config.callsKeepMax });
  const newRequestId = () => newId<string>();
  const secrecy = { newDataKey: vault.newDataKey, hashPassword: passwords.hash };
  const sandbox = createSandbox({ log });
  const importRoom = createImportRoom(config);
  const doors = { net, log, clock, tokens, authenticate, admission: config, record, lingerMs: 2_000, newRequestId };
  const gateway = createGateway({ ...doors, ...kept, sandbox, bytesBilledMax: config.bigQueryBytesBilledMax });
  const webhooks = startWebhooks({ db, net, seals, sandbox, publicUrl: url, clock, newId, log, config });
  const deps = { db, clock, newId, seals, reads: createConnectionReads(db), sandbox, publicUrl: url, importRoom };
  const readers = createReaders({ db, arrivals: webhooks.arrivals });
  let isClosing = false;
  const app = await serveHttp({
    listener,
    doors: [gateway, webhooks],
    handlers: operationHandlers({ ...deps, readers, net, endpoint, dryRun: gateway.dryRun, ...secrecy, ...webhooks }),
    importRoom,
    authenticator,
    once: (actor, repeatable) => once(deps, actor, repeatable),
    log,
    newRequestId,
    extras: (server) => {
      const about = { ping: db.ping, version, publicUrl: url, isClosing: () => isClosing };
      registerService(server, { ...about, sources: { record, net, tokens, gateway, webhooks, listener }, siblings });
      registerPages(server, { people, publicUrl: url });
      registerSchemas(server, deps);
      registerUploads(server, { ...deps, log });
    },
  });
  let closing: Promise<void> | undefined;
  return { url, db, people, greeting: () => greetingFor({ url, people, first }), close: (how) => (closing ??= close(how)) };

  async function close({ waitMs, isReplaced = false }: Closing = { waitMs: 0 }): Promise<void> {
    isClosing = !isReplaced;
    await pause(waitMs);
    readers.close();
    await listener.close({ idleMs: isReplaced ? idleMs : Math.min(waitMs, idleMs), drainMs: config.shutdownDrainMs });
    await app.close();
    await webhooks.close();
    await Promise.all([net.close(), sandbox.close()]);
    await Promise.all([record.close(), authenticator.close()]);
    await db.close();
  }
}

type Assembling = Required<Pick<Start, "clock" | "log">> & { readonly listener: Listener };

const version = "0.1.0";
const idleMs = 1_000;

/** Serves until it is told to end, from this process alone or as one of several. */
export async function run(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const siblings = joinWorkers();
  const mooring = await startMooring({ config, log, ...(siblings ? { siblings } : {}) });
  endOnUnexpected(log);
  if (siblings) {
    siblings.closeWhenTold(mooring);
    await siblings.tellReady(mooring.greeting);
  } else {
    closeOnSignal(mooring, { waitMs: config.shutdownWaitMs });
    process.stdout.write(await mooring.greeting());
  }
  giveBackMemory({ everyMs: 2_000, restMs: 60_000, grownBytes: 32 * 1024 * 1024 });
}

import type { Connection } from "@mooring/contract";
import { bootstrap } from "../server/src/bootstrap.ts";
import { readConfig } from "../server/src/config.ts";
import type { Call } from "../server/src/control/change.ts";
import { type ConnectionDeps, create } from "../server/src/control/connections.ts";
import { createSeals } from "../server/src/credentials/seals.ts";
import { scopesOfRole } from "../server/src/domain/actor.ts";
import { type Clock, systemClock } from "../server/src/kernel/clock.ts";
import { type ApiKeyId, createIds, type NewId } from "../server/src/kernel/ids.ts";
import { createLog } from "../server/src/kernel/log.ts";
import { openDatabase } from "../server/src/open-database.ts";
import { createConnectionReads } from "../server/src/store/connection-reads.ts";
import type { Database } from "../server/src/store/database.ts";
import { organisation, type Place } from "./place.ts";
import { sampleConnection } from "./sample.ts";

/** The control plane on a place, in this process and without HTTP. */
export interface ControlPlane {
  readonly deps: ConnectionDeps;
  readonly call: Call;
  readonly db: Database;
  /** Every id it made. */
  readonly ids: string[];
}

/** Opens `place`, sets it up as a first start does, runs `work` on it, and closes it again. */
export async function withControlPlane<Result>(
  place: Place,
  work: (control: ControlPlane) => Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result> {
  const config = readConfig(place.settings, []);
  const { db, vault } = await openDatabase(config, createLog("error"));
  try {
    const ids: string[] = [];
    const make = createIds(clock);
    const newId = (() => {
      const id = make<string>();
      ids.push(id);
      return id;
    }) as NewId;
    await bootstrap({ db, vault, clock, newId }, config.bootstrap);
    const actor = {
      kind: "api-key",
      id: newId<ApiKeyId>(),
      org: organisation,
      scopes: new Set(scopesOfRole.owner),
      mayChangeProductionSecrets: true,
    } as const;
    return await work({
      deps: { db, clock, newId, seals: createSeals({ db, vault }), reads: createConnectionReads(db) },
      call: { actor, requestId: newId<string>() },
      db,
      ids,
    });
  } finally {
    await db.close();
  }
}

/** Creates `count` connections with 3 environments of 2 credentials each. */
export async function createSamples({ deps, call }: ControlPlane, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let number = 1; number <= count; number++) {
    connections.push(await create(deps, call, { ...sampleConnection(`Connection ${number}`), protocol: "http" }));
  }
  return connections;
}

/** Where a connection is found over HTTP. */
export const pathOf = ({ id }: Pick<Connection, "id">) => `/o/${organisation}/connections/${id}`;

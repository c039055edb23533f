import type { Engine } from "../../server/src/store/database.ts";
import type { Row } from "../figures.ts";
import { benchDead } from "./dead.ts";
import { benchDelivery } from "./delivery.ts";
import { benchIngest } from "./ingest.ts";
import { benchLatency } from "./latency.ts";

/** The parts of `npm run bench -- triggers`, each of which can be asked for alone. */
export const triggerParts: Readonly<Record<string, (postgres: string) => Promise<Row[]>>> = {
  "triggers.ingest": onBoth(benchIngest),
  "triggers.delivery": onBoth(benchDelivery),
  "triggers.latency": onBoth(benchLatency),
  "triggers.dead": onBoth(benchDead),
};

function onBoth(measure: (engine: Engine, postgres: string) => Promise<Row[]>): (postgres: string) => Promise<Row[]> {
  return async (postgres) => [...(await measure("sqlite", postgres)), ...(await measure("postgres", postgres))];
}

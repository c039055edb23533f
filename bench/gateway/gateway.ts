import type { Row } from "../figures.ts";
import { benchEnvironments } from "./environments.ts";
import { benchLatency } from "./latency.ts";
import { benchRate } from "./rate.ts";
import { benchStream } from "./stream.ts";
import { benchToken } from "./token.ts";
import { benchWorkers } from "./workers.ts";

/** The parts of `npm run bench -- gateway`, each of which can be asked for alone. */
export const gatewayParts: Readonly<Record<string, () => Promise<Row[]>>> = {
  "gateway.rate": benchRate,
  "gateway.token": benchToken,
  "gateway.workers": benchWorkers,
  "gateway.latency": benchLatency,
  "gateway.stream": benchStream,
  "gateway.environments": benchEnvironments,
};

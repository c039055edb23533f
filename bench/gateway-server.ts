import { createServer } from "node:http";
import type { Actor } from "../server/src/domain/actor.ts";
import type { EnvironmentSnapshot } from "../server/src/domain/snapshot.ts";
import { createGateway } from "../server/src/gateway/gateway.ts";
import { createSnapshots } from "../server/src/gateway/resolve.ts";
import { systemClock } from "../server/src/kernel/clock.ts";
import {
  type ApiKeyId,
  type ConnectionId,
  type CredentialId,
  createIds,
  type EnvironmentId,
  type OrganisationId,
} from "../server/src/kernel/ids.ts";
import { createLog } from "../server/src/kernel/log.ts";
import { Secret } from "../server/src/kernel/secret.ts";
import { parseEgressRule } from "../server/src/net/egress.ts";
import { createNet } from "../server/src/net/net.ts";

/** The gateway alone, with a fixed caller and one environment with an api-key header. argv: the upstream's origin. */
const org = "01KA0RG0000000000000000001" as OrganisationId;
const connectionId = "01KAC0NN000000000000000001" as ConnectionId;

const actor: Actor = {
  kind: "api-key",
  id: "01KAKEY0000000000000000001" as ApiKeyId,
  org,
  scopes: new Set(["gateway:call"]),
  mayChangeProductionSecrets: false,
};

const snapshot: EnvironmentSnapshot = {
  org,
  connectionId,
  connectionName: "bench",
  environmentId: "01KAENV0000000000000000001" as EnvironmentId,
  environmentName: "prod",
  protocol: "http",
  baseUrl: "{{ env.base }}/api",
  variables: new Map([["base", process.argv[2] ?? ""]]),
  credentials: [
    {
      id: "01KAVSE0000000000000000001",
      config: { schemeType: "api-key", name: "X-Api-Key", in: "header" },
      credentialId: "01KACRED000000000000000001" as CredentialId,
      secrets: { type: "string", value: new Secret("a fixed header") },
    },
  ],
};

const log = createLog("warn");
const gateway = createGateway({
  net: createNet({ allow: [parseEgressRule("127.0.0.0/8")], log, clock: systemClock }),
  authenticate: () => actor,
  snapshots: createSnapshots({ load: async () => snapshot, isLive: () => true }),
  newRequestId: createIds(systemClock),
  log,
  lingerMs: 1000,
});

const server = createServer((request, response) => gateway.handle(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.on("message", () => process.send?.(process.cpuUsage()));
process.once("disconnect", () => process.exit(0));

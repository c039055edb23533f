import { describe, expect, onTestFinished, test } from "vitest";
import { openSqlite } from "../../src/store/sqlite.ts";
import { age, grantAt } from "../credentials/token-rig.ts";
import { engines, type Place } from "../harness/engines.ts";
import { type Line, openLine } from "../harness/line.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { startTokenServer } from "../harness/rotating-server.ts";

// On each engine: 200 in all.
const rounds = trials({ change: 100, long: 10_000 });
const callers = 100;

describe.each(engines)("a token that ended, on four processes that share a database, on $name", ({ prepare }) => {
  test("is asked for once by 100 callers on each, who all get the new one (O-5)", { timeout: 120_000 + rounds * 5_000 }, async () => {
    const { server, home, nodes, db } = await fourProcesses(await prepare());
    const actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    const connection = `/o/${home.organisation}/connections/${await connect(nodes[0], actor, server)}`;
    const lines = await openLines(nodes, actor.headers);
    for (let round = 1; round <= rounds; round++) {
      await age(db, home.organisation, 86_400_000);
      // A process that has read the connection has heard of all that was committed before.
      const reads = lines.slice(0, nodes.length).map((line) => line.ask("GET", connection));
      expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(nodes.map(() => 200));
      const answers = await Promise.all(lines.map((line) => line.ask("GET", `${connection}/environments/prod/proxy/x`)));
      expect(answers.map(({ status, text }) => `${status} ${text}`).filter((answer) => answer !== "200 good")).toEqual([]);
      expect(server.asked).toHaveLength(round);
    }
    expect(server.calls).toEqual({ good: rounds * callers * nodes.length, stale: 0 });
  });
});

/** Four nodes on one PostgreSQL, or four workers of one Mooring on the embedded engine: then all four nodes are its one address. */
async function fourProcesses(place: Place) {
  const server = await startTokenServer("strict");
  const home = homeOn(place, { MOORING_EGRESS_ALLOW: server.allow, ...(place.engine === "sqlite" ? { MOORING_WORKERS: "4" } : {}) });
  const nodes: MooringProcess[] = [];
  // One after the other: four at once take a busy machine longer than a start may.
  while (nodes.length < (place.engine === "sqlite" ? 1 : 4)) nodes.push(await startProcess(home.settings));
  const db = place.engine === "sqlite" ? openSqlite({ dataDir: place.dataDir, processes: "several" }) : await place.open();
  onTestFinished(async () => {
    await db.close();
    await Promise.all(nodes.map((node) => node.kill("SIGKILL")));
    await server.close();
    await place.remove();
  });
  const [first] = nodes;
  return { server, home, db, nodes: first && place.engine === "sqlite" ? [first, first, first, first] : nodes };
}

/** The callers, each with a connection of its own: one of every process, then another of every process, and so on. Workers take connections in turn. */
async function openLines(nodes: readonly MooringProcess[], headers: Readonly<Record<string, string>>): Promise<Line[]> {
  const lines = Array.from({ length: callers }, () => nodes.map((node) => openLine(node.url, headers))).flat();
  for (const line of lines) await line.ask("GET", "/healthz");
  onTestFinished(() => {
    for (const line of lines) line.close();
  });
  return lines;
}

/** A connection whose environment proves itself with a grant of this server; its id. */
async function connect(
  node: MooringProcess | undefined,
  actor: Parameters<ReturnType<typeof clientOf>["must"]>[0],
  server: Awaited<ReturnType<typeof startTokenServer>>,
): Promise<string> {
  if (!node) throw new Error("There is no node.");
  const client = clientOf(node);
  const { accessToken: _, refreshToken: __, ...data } = grantAt(server, {}).data;
  const { body: application } = await client.must(actor, "CreateCredential", { body: { name: "app", type: "oauth2-client", data } });
  const authSchemeConfig = {
    schemeType: "oauth2" as const,
    authorizeUrl: data.authorizeUrl,
    tokenUrl: data.tokenUrl,
    scopes: [],
    flows: { authorizationCode: { applicationCredential: { id: application.id } } },
  };
  const action = [{ authSchemeConfig, credential: grantAt(server, { refreshToken: server.signIn() }) }];
  const body = {
    name: "outside",
    baseUrl: server.origin,
    authSchemeConfigs: [],
    environments: [{ name: "prod", credentials: { action }, variables: [] }],
  };
  return (await client.must(actor, "CreateHTTPConnection", { body })).body.id;
}

import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { engines, type Place } from "../harness/engines.ts";
import { type Line, openLine } from "../harness/line.ts";
import { type Home, homeOn, launch, type MooringProcess, startProcess, stillRunning, workersOf } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { apiKeyScheme, smallConnection } from "../harness/samples.ts";
import { inspect } from "./inspector.ts";
import { type Seen, startOutside } from "./outside.ts";

const workers = trials({ change: 2, long: 4 });
const rounds = trials({ change: 5, long: 100 });
// Generous, because a busy machine is late; what was measured is printed.
const seenWithinMs = 5_000;

describe.each(engines)("several processes on one port, on $name", ({ name, prepare }) => {
  let place: Place;
  let outside: Awaited<ReturnType<typeof startOutside>>;
  let home: Home;
  let mooring: MooringProcess;
  let lines: Line[] = [];

  beforeAll(async () => {
    place = await prepare();
    outside = await startOutside();
    home = homeOn(place, { MOORING_EGRESS_ALLOW: "127.0.0.1/32", MOORING_WORKERS: String(workers) });
    mooring = await startProcess(home.settings);
    lines = await openLines();
  }, 120_000);
  afterAll(async () => {
    for (const line of lines) line.close();
    await mooring?.kill("SIGKILL");
    await outside?.stop();
    await place?.remove();
  });

  /** Connections are given to the workers in turn, so each has three of these: a later test proves it. */
  async function openLines(): Promise<Line[]> {
    const opened = Array.from({ length: workers * 3 }, () => openLine(mooring.url, { authorization: `Bearer ${home.apiKey}` }));
    for (const line of opened) await line.ask("GET", "/healthz");
    return opened;
  }
  const line = (index: number) => lines[index % lines.length] as Line;
  const path = (rest: string) => `/o/${home.organisation}/${rest}`;
  const create = async (changes: Parameters<typeof smallConnection>[0] = {}) => {
    const body = smallConnection({ baseUrl: outside.url.href, ...changes });
    const answer = await line(0).ask("POST", path("protocols/http/connections"), { body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };
  const call = (through: Line, id: string, key = home.apiKey) =>
    through.ask("GET", path(`connections/${id}/environments/dev/proxy/x`), { headers: { authorization: `Bearer ${key}` } });

  test("all of them start before it is ready, and make one organisation and one key", async () => {
    expect(await workersOf(mooring.pid)).toHaveLength(workers);
    const inspector = inspect(place);
    expect(await inspector.rows("select id from organisations")).toEqual([{ id: home.organisation }]);
    expect(await inspector.rows("select name from api_keys")).toEqual([{ name: "First key" }]);
    await inspector.close();
  });

  test("a key that was revoked through one is refused by all (A-1)", async () => {
    const keys = `/organisations/${home.organisation}/api-keys`;
    const { id } = await create();
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const made = await line(round).ask("POST", keys, { body: { name: "short-lived", scopes: ["gateway:call"] } });
      const statuses = await Promise.all(lines.map((one) => call(one, id, made.body.key)));
      expect(statuses.map(({ status }) => status)).toEqual(lines.map(() => 200));
      const revoked = await line(round).ask("DELETE", `${keys}/${made.body.id}`);
      expect([made.status, revoked.status]).toEqual([201, 204]);
      measured.push(await msUntilAll(lines, async (one) => (await call(one, id, made.body.key)).status === 401));
    }
    report(`${name}: a revoked key is refused by every worker`, measured);
  });

  test("a base URL and a credential that were changed through one are used by all", async () => {
    const key = { name: "key", type: "string", data: { value: "first" } } as const;
    const action = [{ authSchemeConfig: apiKeyScheme, credential: key }];
    const made = await create({
      authSchemeConfigs: [apiKeyScheme],
      environments: [{ name: "dev", credentials: { action }, variables: [] }],
    });
    const credential = made.environments[0].credentials.action[0].credential;
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const one of lines) expect((await call(one, made.id)).status).toBe(200);
      const { versions: _, environments: __, ...rest } = made;
      const body = { ...rest, baseUrl: new URL(`after-${round}`, outside.url).href };
      const changed = await line(round).ask("PUT", path(`connections/${made.id}`), { body });
      const value = `value ${round}`;
      const replaced = await line(round + 1).ask("PUT", path(`credentials/${credential.id}`), { body: { ...credential, data: { value } } });
      expect([changed.status, replaced.status]).toEqual([200, 200]);
      measured.push(
        await msUntilAll(lines, async (one) => {
          const seen = (await call(one, made.id)).body as Seen;
          return seen.path === `/after-${round}/x` && seen.key === value;
        }),
      );
    }
    report(`${name}: a changed connection and credential are used by every worker`, measured);
  });

  test("what was written through one is read through every other at once", async () => {
    const { versions: _, ...made } = await create();
    for (let round = 0; round < rounds * 4; round++) {
      const body = { ...made, name: `round ${round}` };
      const written = await line(round).ask("PUT", path(`connections/${made.id}`), { body });
      expect(written.status).toBe(200);
      const read = await Promise.all(lines.map((one) => one.ask("GET", path(`connections/${made.id}`))));
      expect(read.map((answer) => answer.body)).toEqual(lines.map(() => written.body));
    }
  });

  test("writers through all of them lose no update, and none is turned away (B-2)", { timeout: 60_000 + rounds * 10_000 }, async () => {
    const made = await create({ environmentVariables: [{ name: "count", value: "0" }] });
    const statuses = await Promise.all(lines.map(writeOften));
    const counted = statuses.flat().filter((status) => status === 200).length;
    expect(new Set(statuses.flat())).toEqual(new Set([200, 201, 412]));
    const { body } = await line(0).ask("GET", path(`connections/${made.id}`));
    expect(body.environmentVariables).toEqual([{ name: "count", value: String(counted) }]);
    const inspector = inspect(place);
    const [stored] = await inspector.rows<{ count: number }>("select count(*) as count from credentials where name like 'written %'");
    expect(Number(stored?.count)).toBe(statuses.flat().filter((status) => status === 201).length);
    expect(await inspector.faults()).toEqual([]);
    await inspector.close();

    async function writeOften(one: Line, index: number): Promise<number[]> {
      const answered: number[] = [];
      for (let round = 0; round < rounds * 4; round++) {
        const { body, headers } = await one.ask("GET", path(`connections/${made.id}`));
        const { environments: _, versions: __, ...rest } = body;
        const value = String(Number(rest.environmentVariables[0]?.value) + 1);
        const counting = { ...rest, environmentVariables: [{ name: "count", value }] };
        const sent = { body: counting, headers: { "if-match": String(headers.etag) } };
        answered.push((await one.ask("PUT", path(`connections/${made.id}`), sent)).status);
        const credential = { name: `written ${index} ${round}`, type: "string", data: { value: "x" } };
        answered.push((await one.ask("POST", path("credentials"), { body: credential })).status);
      }
      return answered;
    }
  });

  test("the metrics are those of all of them together", async () => {
    const { text } = await line(0).ask("GET", "/metrics");
    const { text: other } = await line(1).ask("GET", "/metrics");
    expect(text).toMatch(/^mooring_nodejs_version_info\{.*\} 1$/m);
    // Each has at least 20 MB.
    const heaps = [text, other].map((page) => Number(/^mooring_nodejs_heap_size_used_bytes (\d+)$/m.exec(page)?.[1]));
    expect(Math.min(...heaps)).toBeGreaterThan(workers * 20_000_000);
  });

  test("a second Mooring on the same folder is refused, however many processes it wants to have", async () => {
    if (place.engine === "postgres") return;
    for (const MOORING_WORKERS of ["1", "2"]) {
      const second = launch({ ...home.settings, MOORING_WORKERS, MOORING_PORT: "0" });
      expect(await second.ended).toBe(1);
      expect(second.written.join("")).toContain(`Another Mooring is running on the data folder ${place.dataDir}.`);
    }
  });

  test("when one is killed, the others serve, another takes its place, and nothing that was answered is lost", {
    timeout: 120_000,
  }, async () => {
    const [victim = 0, ...others] = await workersOf(mooring.pid);
    let isOver = false;
    const told: string[] = [];
    const statuses = new Set<number>();
    const broken = new Set<number>();
    const writing = Promise.all(lines.map(writeOn));
    await expect.poll(() => told.length).toBeGreaterThan(lines.length);
    process.kill(victim, "SIGKILL");
    await expect.poll(() => broken.size, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(async () => (await workersOf(mooring.pid)).length, { timeout: 30_000 }).toBe(workers);
    const before = told.length;
    await expect.poll(() => told.length, { timeout: 30_000 }).toBeGreaterThan(before + lines.length);
    isOver = true;
    await writing;

    expect([...statuses]).toEqual([201]);
    // Its share of the connections, and no other.
    expect(broken.size).toBe(lines.length / workers);
    expect(await workersOf(mooring.pid)).toEqual(expect.arrayContaining(others));
    const inspector = inspect(place);
    const rows = await inspector.rows<{ name: string }>("select name from credentials where name like 'told %'");
    const stored = new Set(rows.map((row) => row.name));
    expect(told.filter((one) => !stored.has(one))).toEqual([]);
    await inspector.close();

    async function writeOn(one: Line, index: number): Promise<void> {
      for (let number = 0; !isOver; number++) {
        const credential = { name: `told ${index} ${number}`, type: "string", data: { value: "x" } };
        try {
          const { status } = await one.ask("POST", path("credentials"), { body: credential });
          statuses.add(status);
          if (status === 201) told.push(credential.name);
        } catch {
          broken.add(index);
        }
      }
    }
  });

  test("SIGUSR2 puts a new one in the place of each, and no request is dropped", { timeout: 120_000 }, async () => {
    await expect.poll(async () => (await line(0).ask("GET", "/readyz")).status, { timeout: 30_000 }).toBe(200);
    const before = await workersOf(mooring.pid);
    const { id } = await create();
    let isOver = false;
    const answered: unknown[] = [];
    const calling = Promise.all([...Array.from({ length: 4 }, callOften), ...lines.map(callOn)]);
    process.kill(mooring.pid, "SIGUSR2");
    await expect
      .poll(async () => (await workersOf(mooring.pid)).filter((pid) => !before.includes(pid)).length, { timeout: 90_000 })
      .toBe(workers);
    await expect.poll(() => stillRunning(before), { timeout: 30_000 }).toEqual([]);
    isOver = true;
    await calling;
    expect(answered.length).toBeGreaterThan(100);
    expect(answered.filter((status) => status !== 200)).toEqual([]);

    async function callOften(): Promise<void> {
      while (!isOver) {
        const fresh = openLine(mooring.url, { authorization: `Bearer ${home.apiKey}`, connection: "close" });
        answered.push(await call(fresh, id).then(({ status }) => status, String));
        fresh.close();
      }
    }
    async function callOn(one: Line): Promise<void> {
      while (!isOver) answered.push(await call(one, id).then(({ status }) => status, String));
    }
  });

  test("when the one that leads is killed, the workers go too, and the next start finds everything", { timeout: 120_000 }, async () => {
    const { id } = await create();
    const before = await workersOf(mooring.pid);
    await mooring.kill("SIGKILL");
    await expect.poll(() => stillRunning(before), { timeout: 30_000 }).toEqual([]);
    mooring = await startProcess(home.settings);
    lines = await openLines();
    for (const one of lines) expect((await call(one, id)).status).toBe(200);
  });

  test("a stop lets calls under way end, and all of them are gone then (L-3)", { timeout: 180_000 }, async () => {
    const asked: ServerResponse[] = [];
    const slow = createServer((_request, response) => void asked.push(response));
    slow.listen(0, "127.0.0.1");
    await once(slow, "listening");
    const { port } = slow.address() as AddressInfo;
    const { id } = await create({ baseUrl: `http://127.0.0.1:${port}` });
    const pids = await workersOf(mooring.pid);

    const calls = Promise.all(lines.map((one) => call(one, id)));
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(lines.length);
    const stopped = mooring.stop();
    // A connection made in the very moment of the stop may have been taken by the one that leads, and then ends with it, unanswered.
    const refusal = () => Promise.race([openLine(mooring.url, {}).ask("GET", "/healthz").catch(String), pause(500, "no answer")]);
    await expect.poll(refusal, { timeout: 5_000 }).toContain("ECONNREFUSED");
    for (const response of asked) response.end("late, but there");
    expect((await calls).map(({ text }) => text)).toEqual(lines.map(() => "late, but there"));
    expect(await stopped).toBe(0);
    expect(await stillRunning(pids)).toEqual([]);
    slow.close();
  });
});

test("when each of them has all the connections it may have, one more is closed (L-2)", { timeout: 120_000 }, async () => {
  const place = await (engines[0] as (typeof engines)[number]).prepare();
  const mooring = await startProcess(homeOn(place, { MOORING_WORKERS: "2", MOORING_CONNECTIONS_MAX: "16" }).settings);
  const sockets: Socket[] = [];
  try {
    let closed = 0;
    while (closed === 0 && sockets.length < 40) {
      const socket = connect(Number(mooring.url.port), mooring.url.hostname);
      sockets.push(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        closed += 1;
      });
      await Promise.race([once(socket, "close"), pause(200)]);
    }
    // The first connections were those that asked whether it is ready.
    expect(sockets.length).toBeGreaterThan(24);
    expect(sockets.length).toBeLessThan(36);
  } finally {
    for (const socket of sockets) socket.destroy();
    await mooring.kill("SIGKILL");
    await place.remove();
  }
});

describe("workers that die as soon as they start", () => {
  let place: Place;
  afterEach(() => place?.remove());

  test("end Mooring with a message, once none is left that serves", { timeout: 180_000 }, async () => {
    place = await (engines[0] as (typeof engines)[number]).prepare();
    const mooring = await startProcess({ MOORING_DATA_DIR: place.dataDir, MOORING_WORKERS: "2" });
    await rm(join(place.dataDir, "master.key"));
    for (const pid of await workersOf(mooring.pid)) process.kill(pid, "SIGKILL");
    await expect.poll(() => stillRunning([mooring.pid]), { timeout: 150_000 }).toEqual([]);
    const said = mooring.written.join("");
    expect(said).toContain("There is a database but its master key is missing.");
    expect(said).toMatch(/Mooring ends: its workers died \d+ times within a minute, and none serves/);
  });

  test("at the first start, end it at once, and what they said is what it says", async () => {
    place = await (engines[0] as (typeof engines)[number]).prepare();
    await (await place.open()).close();
    const starting = launch({ MOORING_DATA_DIR: place.dataDir, MOORING_WORKERS: "2", MOORING_PORT: "0" });
    expect(await starting.ended).toBe(1);
    expect(starting.written.join("")).toMatch(/^Mooring does not start: There is a database but its master key is missing\.[^\n]*\n$/);
  });
});

/** How long until `isSo` for each of them, asking all the time. Throws when it takes longer than `seenWithinMs`. */
async function msUntilAll(lines: readonly Line[], isSo: (line: Line) => Promise<boolean>): Promise<number> {
  const start = systemClock.now().getTime();
  let left = lines;
  while (left.length > 0) {
    const answers = await Promise.all(left.map(isSo));
    left = left.filter((_, index) => !answers[index]);
    if (systemClock.now().getTime() - start > seenWithinMs) throw new Error(`It was not so within ${seenWithinMs} ms.`);
  }
  return systemClock.now().getTime() - start;
}

function report(what: string, measured: readonly number[]): void {
  const sorted = measured.toSorted((a, b) => a - b);
  process.stdout.write(
    `${what}: after ${sorted[Math.floor(sorted.length / 2)]} ms (median of ${sorted.length}), ${sorted.at(-1)} ms at most\n`,
  );
}

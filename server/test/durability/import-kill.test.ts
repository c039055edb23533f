import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import type { Client } from "../harness/client.ts";
import { engines } from "../harness/engines.ts";
import { importForm } from "../harness/forms.ts";
import { type Ledger, openLedger } from "../harness/ledger.ts";
import { clientOf, homeOn, startProcess } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { type Inspector, inspect } from "./inspector.ts";
import { createRandom } from "./random.ts";

const kills = trials({ change: 3, long: 100 });
const operations = 300;
const names = ["form", "upload", "again"] as const;
type Way = (typeof names)[number];

test.each(engines)(
  "kill -9 during imports: what was answered is there, and of the rest all or nothing, on $name (B-1)",
  { timeout: 60_000 + kills * 30_000 },
  async ({ name, prepare }) => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
    const random = createRandom(seed);
    const place = await prepare({ on: "disk" });
    const home = homeOn(place);
    const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    let mooring = await startProcess(home.settings);
    const inspector = inspect(place);
    try {
      const { body } = await clientOf(mooring).must(actor, "ImportHTTPConnection", importForm(apiOf("first")));
      const importers = names.map((way) =>
        createImporter(way, { actor, ledger: openLedger(join(place.dataDir, way)), into: body.connection.id }),
      );
      let unanswered = 0;
      for (let kill = 1; kill <= kills; kill++) {
        const work = Promise.all(importers.map((importer) => importer.work(clientOf(mooring))));
        // From then on the workers of this process are there, so that the time is the imports' own.
        await acknowledgedMore(importers, random.below(4), work);
        await Promise.race([work, pause(random.below(400))]);
        await mooring.kill("SIGKILL");
        await work;
        await inspector.settled();

        unanswered += importers.filter(({ ledger }) => ledger.account.unanswered).length;
        mooring = await startProcess(home.settings);
        const faults = await Promise.all(importers.map((importer) => importer.check(inspector)));
        expect(
          [...faults.flat(), ...(await inspector.faults()), ...(await strays(inspector, importers))],
          `kill ${kill}, SEED=${seed}`,
        ).toEqual([]);
      }
      expect(unanswered).toBeGreaterThan(0);
      const acknowledged = acknowledgedBy(importers);
      expect(acknowledged).toBeGreaterThan(0);
      process.stdout.write(`${name}: ${kills} kills, ${unanswered} imports cut off, ${acknowledged} acknowledged, 0 lost; SEED=${seed}\n`);
    } catch (error) {
      process.stderr.write(mooring.written.join(""));
      throw error;
    } finally {
      await mooring.kill("SIGKILL");
      await inspector.close();
      await place.remove();
    }
  },
);

const acknowledgedBy = (importers: readonly Importer[]) => importers.reduce((sum, { ledger }) => sum + ledger.account.acknowledged, 0);

/** Resolves when so many more were acknowledged, or `work` is over. */
async function acknowledgedMore(importers: readonly Importer[], more: number, work: Promise<unknown>): Promise<void> {
  const before = acknowledgedBy(importers);
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver && acknowledgedBy(importers) < before + more) await pause(5);
}

/** As large as takes a while to write, and no larger. */
function apiOf(title: string) {
  const numbers = Array.from({ length: operations }, (_, index) => index);
  const schema = (index: number) => ({ $ref: `#/components/schemas/S${index}` });
  const answer = (index: number) => ({ 200: { description: "Done.", content: { "application/json": { schema: schema(index) } } } });
  return {
    openapi: "3.1.0",
    info: { title, version: "1" },
    servers: [{ url: "https://api.example.com" }],
    paths: Object.fromEntries(numbers.map((index) => [`/p${index}`, { get: { operationId: `get${index}`, responses: answer(index) } }])),
    components: {
      schemas: Object.fromEntries(
        numbers.map((index) => [
          `S${index}`,
          { type: "object", description: "x".repeat(500), properties: { next: schema((index + 1) % operations) } },
        ]),
      ),
    },
  };
}

interface Importer {
  readonly ledger: Ledger;
  /** Imports one after the other until the process is gone. */
  work(client: Client): Promise<void>;
  /** Looks after what was not answered, and whether all that was is whole. */
  check(inspector: Inspector): Promise<string[]>;
}

function createImporter(way: Way, { actor, ledger, into }: { actor: Actor; ledger: Ledger; into: string }): Importer {
  let count = 0;
  return { ledger, work, check };

  async function work(client: Client): Promise<void> {
    try {
      for (;;) await importOne(client, `${way}${count++}`);
    } catch (error) {
      if (!(error instanceof TypeError && /fetch failed|terminated/.test(error.message))) throw error;
    }
  }

  async function importOne(client: Client, mark: string): Promise<void> {
    const metadata = { format: "openapi", ...(way === "again" ? { connection: into, version: mark } : {}) };
    const sent =
      way === "upload" ? importForm(undefined, { ...metadata, url: await upload(client, apiOf(mark)) }) : importForm(apiOf(mark), metadata);
    ledger.asked({ operation: way === "again" ? "version.imported" : "connection.created", kind: way, id: mark, content: {} });
    const { body, headers } = await client.must(actor, "ImportHTTPConnection", sent);
    const requestId = headers.get("mooring-request-id") ?? "";
    const version = (way === "again" ? body.version?.id : body.connection.versions[0]?.id) ?? "";
    ledger.told({ requestId, shown: { version } });
  }

  async function upload(client: Client, api: object): Promise<string> {
    const file = JSON.stringify(api);
    const query = { filename: "api.json", content_type: "application/json", content_length: Buffer.byteLength(file) };
    const { body } = await client.must(actor, "GetProtocolUploadURL", { params: { protocol_slug: "http" }, query });
    await client.raw(body.uploadUrl, { method: "PUT", body: file, headers: { "content-type": "application/json" } });
    return body.url;
  }

  async function check(inspector: Inspector): Promise<string[]> {
    const { unanswered } = ledger.account;
    if (unanswered) {
      const found = await inspector.rows(versionsOf(way, `= '${unanswered.id}'`));
      ledger.found({ isDone: found.length > 0 });
    }
    const faults: string[] = [];
    for (const [mark, { content }] of ledger.reread().things) {
      const rows = await inspector.rows<Record<"id" | "definitions" | "actions" | "uses", string | number>>(versionsOf(way, `= '${mark}'`));
      const [row] = rows;
      if (!row || rows.length > 1) faults.push(`${mark} is there ${rows.length} times`);
      else if (content.version !== undefined && row.id !== content.version)
        faults.push(`${mark} is ${row.id}, and was told to be ${content.version}`);
      else if ([row.definitions, row.actions, row.uses].map(Number).join() !== whole)
        faults.push(`${mark} is there in part: ${JSON.stringify(row)}`);
    }
    return faults;
  }
}

/** Every action uses one definition, every definition another. */
const whole = [operations, operations, operations * 2].join();

/** The versions whose mark fits, each with how much is in it. */
function versionsOf(way: Way, mark: string): string {
  const named = way === "again" ? `v.name ${mark}` : `c.name ${mark}`;
  const count = (table: string) => `(select count(*) from ${table} t where t.org_id = v.org_id and t.version_id = v.id)`;
  return `
    select v.id, ${count("definitions")} as definitions, ${count("actions")} as actions, ${count("definition_uses")} as uses
    from versions v
    join connections c on c.org_id = v.org_id and c.id = v.connection_id
    where ${named}
  `;
}

/** What is there and nobody knows of, and uploads that are both imported and still waiting. */
async function strays(inspector: Inspector, importers: readonly Importer[]): Promise<string[]> {
  const known = importers.reduce((sum, { ledger }) => sum + ledger.account.things.size, 0);
  const [versions] = await inspector.rows<{ count: string | number }>("select count(*) as count from versions");
  const [content] = await inspector.rows<{ count: string | number }>(`
    select count(*) as count from (select version_id from definitions union select version_id from actions) as content
  `);
  const [pieces] = await inspector.rows<{ count: string | number }>(`
    select count(*) as count from upload_pieces where upload_id not in (select id from uploads)
  `);
  const counted = { versions: Number(versions?.count), content: Number(content?.count), pieces: Number(pieces?.count) };
  const expected = { versions: known + 1, content: known + 1, pieces: 0 };
  return JSON.stringify(counted) === JSON.stringify(expected)
    ? []
    : [`there are ${JSON.stringify(counted)}, not ${JSON.stringify(expected)}`];
}

import { expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { engines } from "../harness/engines.ts";
import { importForm, smallApi } from "../harness/forms.ts";
import { clientOf, homeOn, startProcess, workersOf } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";

const workers = 3;
const files = trials({ change: 10, long: 200 });
const senders = 6;

test.each(engines)(
  "an address takes one file, and a file is imported once, whichever of several processes is asked, on $name",
  {
    timeout: 120_000 + files * 3_000,
  },
  async ({ prepare }) => {
    const place = await prepare();
    const home = homeOn(place, { MOORING_WORKERS: String(workers) });
    const mooring = await startProcess(home.settings);
    try {
      const client = clientOf(mooring);
      const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
      expect(await workersOf(mooring.pid)).toHaveLength(workers);
      const file = JSON.stringify(smallApi());
      const query = { filename: "api.json", content_type: "application/json", content_length: Buffer.byteLength(file) };
      for (let count = 0; count < files; count++) {
        const { body } = await client.must(actor, "GetProtocolUploadURL", { params: { protocol_slug: "http" }, query });
        const all = Array.from({ length: senders });
        // A connection for each, because those are what the processes share out.
        const headers = { "content-type": "application/json", connection: "close" };
        const sent = await Promise.all(all.map(() => client.raw(body.uploadUrl, { method: "PUT", body: file, headers })));
        expect(sent.map(({ status }) => status).sort()).toEqual([204, ...all.slice(1).map(() => 404)]);
        const form = { ...importForm(undefined, { format: "openapi", url: body.url }), headers: { connection: "close" } };
        const imported = await Promise.all(all.map(() => client.send(actor, "ImportHTTPConnection", form)));
        expect(imported.filter(({ status }) => status === 201)).toHaveLength(1);
        expect(imported.filter(({ status }) => status !== 201 && status !== 400 && status !== 503)).toEqual([]);
      }
      const { body: list } = await client.must(actor, "ListConnections");
      expect(list.totalCount).toBe(files);
    } finally {
      await mooring.kill("SIGKILL");
      await place.remove();
    }
  },
);

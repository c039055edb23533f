import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import { trials } from "../harness/profile.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, signed } from "./rig.ts";
import { openWire } from "./wire.ts";

const slow = trials({ change: 600, long: 5_000 });
const genuine = 100;
// From several addresses, because one alone may have only so many on their way.
const addresses = process.platform === "linux" ? Array.from({ length: 10 }, (_, at) => `127.0.0.${at + 2}`) : ["127.0.0.1"];

onEachEngine(
  "very many senders that send next to nothing",
  (world) => {
    const sockets: Socket[] = [];
    afterAll(() => {
      for (const socket of sockets) socket.destroy();
    });

    test(`cost others nothing: with ${slow} of them, events of another trigger are taken, and health answers (W-6)`, async () => {
      const rig = await createRig(world, { triggers: [{ name: "paid" }, { name: "stalled" }] });
      const stalled = rig.path.replace(/paid$/, "stalled");
      const head = `POST ${stalled} HTTP/1.1\r\nHost: mooring.test\r\nContent-Type: application/json\r\n`;
      // Half of them end in their head, half in their body; the last does not know how long its body is.
      const starts = [head, `${head}Content-Length: 1000\r\n\r\n{`, `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`, head];
      for (let at = 0; at < slow; at++) sockets.push(await opened(at, starts[at % starts.length] as string));
      await expect.poll(async () => (await world.raw("/healthz")).status).toBe(200);
      const statuses = await Promise.all(Array.from({ length: genuine }, (_, at) => sendTo(rig, at)));
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect((await world.raw("/healthz")).status).toBe(200);
      expect(await eventsOf(world, rig)).toHaveLength(genuine);
    });

    test("and one that sends very many requests without waiting for answers is sent away: most of them are never looked at (L-2)", async () => {
      const wire = openWire(world.mooring.origin);
      const ask = (at: number) => `GET /t/${String(at).padStart(32, "A")} HTTP/1.1\r\nHost: mooring.test\r\n\r\n`;
      wire.send(Array.from({ length: 2_000 }, (_, at) => ask(at)).join(""));
      await wire.closed;
      expect(wire.text().match(/(?<=HTTP\/1\.1 )\d+/g)).toEqual([...Array.from({ length: 8 }, () => "404"), "503"]);
    });

    async function opened(at: number, start: string): Promise<Socket> {
      const localAddress = addresses[at % addresses.length] as string;
      const socket = connect({ port: Number(world.mooring.origin.port), host: "127.0.0.1", localAddress });
      // Whoever is one too many is sent away.
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.write(start);
      return socket;
    }

    async function sendTo(rig: Rig, at: number): Promise<number> {
      const body = JSON.stringify({ order: at });
      const headers = { "content-type": "application/json", ...signed(rig.secret, body) };
      return (await world.raw(rig.path, { method: "POST", headers, body })).status;
    }
  },
  { only: ["sqlite"], settings: { MOORING_CONNECTIONS_MAX: "10000" } },
);

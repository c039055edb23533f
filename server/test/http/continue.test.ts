import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { expect, test } from "vitest";
import { smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine(
  "Expect: 100-continue",
  (world) => {
    test("gets its go-ahead from the control plane", async () => {
      const actor = await world.as("key");
      const sent = request(new URL(`/o/${actor.org}/protocols/http/connections`, world.mooring.origin), {
        method: "POST",
        headers: { ...actor.headers, "Content-Type": "application/json", Expect: "100-continue" },
      });
      sent.flushHeaders();
      await once(sent, "continue");
      sent.end(JSON.stringify(smallConnection()));
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      expect(response.resume().statusCode).toBe(201);
    });

    test("is refused by the gateway before the body is sent", async () => {
      const path = `/o/${world.newId()}/connections/${world.newId()}/environments/dev/proxy/`;
      const sent = request(new URL(path, world.mooring.origin), {
        method: "PUT",
        headers: { Expect: "100-continue", "Content-Length": "9" },
      });
      let wasAsked = false;
      sent.on("continue", () => {
        wasAsked = true;
      });
      sent.flushHeaders();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      expect([response.resume().statusCode, wasAsked]).toEqual([401, false]);
      sent.destroy();
    });
  },
  { only: ["sqlite"] },
);

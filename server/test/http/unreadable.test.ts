import { connect } from "node:net";
import { expect, test } from "vitest";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

/** What the server says until it closes the connection. */
function answersTo(origin: URL, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(Number(origin.port), origin.hostname, () => socket.write(text));
    socket.setEncoding("utf8").on("data", (piece) => {
      said += piece;
    });
    socket.on("error", reject).on("close", () => resolve(said));
  });
}

onEachEngine("requests that cannot be read", (world) => {
  test.each([
    ["no HTTP", "FOO / BAR\r\n\r\n", 400, "invalid_request"],
    ["an address of 40 KiB", `GET /${"x".repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, "too_large"],
  ])("%s is answered in the contract's shape", async (_, text, status, code) => {
    const said = await answersTo(world.mooring.origin, text);
    expect(said).toContain(`HTTP/1.1 ${status} `);
    const body = JSON.parse(said.split("\r\n\r\n")[1] ?? "");
    expect(body).toEqual({ code, message: expect.any(String) });
  });

  test("what follows an ambiguous call on its connection is not acted on, wherever it goes (S-7)", async () => {
    const connection = await createConnection(world, smallConnection());
    const { headers, org } = await world.as("key");
    const common = `Host: x\r\nAuthorization: ${headers.authorization}\r\n`;
    const body = JSON.stringify({ name: "Hidden", type: "none", data: {} });
    const call = `GET /o/${org}/connections/${connection.id}/environments/dev/proxy/ HTTP/1.1\r\n${common}Host: y\r\n\r\n`;
    const hidden = `POST /o/${org}/credentials HTTP/1.1\r\n${common}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const said = await answersTo(world.mooring.origin, call + hidden);
    expect(said).toContain("ambiguous_request");
    const { body: page } = await world.must(await world.as("key"), "ListCredentials", {});
    expect(page.credentials).toEqual([]);
  });

  test("a NUL in an environment's name is not found, for a call too", async () => {
    const connection = await createConnection(world, smallConnection());
    const { headers, org } = await world.as("key");
    const url = new URL(`/o/${org}/connections/${connection.id}/environments/%00/proxy/x`, world.mooring.origin);
    expect((await fetch(url, { headers })).status).toBe(404);
  });
});

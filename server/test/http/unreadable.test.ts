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
    ["no host", "GET /healthz HTTP/1.1\r\n\r\n", 400, "invalid_request"],
    ["an address of 40 KiB", `GET /${"x".repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, "too_large"],
  ])("%s is answered in the contract's shape", async (_, text, status, code) => {
    const said = await answersTo(world.mooring.origin, text);
    expect(said).toContain(`HTTP/1.1 ${status} `);
    const body = JSON.parse(said.split("\r\n\r\n")[1] ?? "");
    expect(body).toEqual({ code, message: expect.any(String) });
  });

  test("HTTP/1.0 needs no host", async () => {
    expect(await answersTo(world.mooring.origin, "GET /healthz HTTP/1.0\r\n\r\n")).toContain("HTTP/1.1 200 ");
  });

  test.each([
    ["two hosts", "Host: x\r\n", "Host: y\r\n", "ambiguous_request"],
    ["no host", "", "", "ambiguous_request"],
  ])("what follows a call with %s on its connection is not acted on, wherever it goes (S-7)", async (_what, first, second, code) => {
    const connection = await createConnection(world, smallConnection());
    const { headers, org } = await world.as("key");
    const known = `Authorization: ${headers.authorization}\r\n`;
    const body = JSON.stringify({ name: "Hidden", type: "none", data: {} });
    const call = `GET /o/${org}/connections/${connection.id}/environments/dev/proxy/ HTTP/1.1\r\n${first}${known}${second}\r\n`;
    const hidden = `POST /o/${org}/credentials HTTP/1.1\r\nHost: x\r\n${known}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const said = await answersTo(world.mooring.origin, call + hidden);
    expect(said).toContain(code);
    const { body: page } = await world.must(await world.as("key"), "ListCredentials", {});
    expect(page.credentials).toEqual([]);
  });

  test("what follows a request of the control plane without a host is not acted on either", async () => {
    const { headers, org } = await world.as("key");
    const body = JSON.stringify({ name: "Hidden", type: "none", data: {} });
    const hidden = `POST /o/${org}/credentials HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(await answersTo(world.mooring.origin, `GET /healthz HTTP/1.1\r\n\r\n${hidden}`)).toContain("HTTP/1.1 400 ");
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

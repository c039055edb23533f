import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { HttpClient, Received, Sent } from "./http-client.ts";

/** Whether the machine has the program `curl`. */
export const hasCurl = spawnSync("curl", ["--version"]).status === 0;

/** The program `curl`, one process for each call. */
export function createCurlClient(): HttpClient {
  return { send, download: async (url, sent) => download(url, sent), sendInTurn };

  async function send(url: string, sent: Sent = {}): Promise<Received> {
    const child = started(["--include", url, ...argumentsOf(sent)], sent);
    const output = await outputOf(child);
    return receivedOf(output);
  }

  async function* download(url: string, sent: Sent = {}): AsyncGenerator<Uint8Array> {
    const child = started([url, ...argumentsOf(sent)], sent);
    const closed = once(child, "close");
    yield* child.stdout as Readable;
    const [code] = (await closed) as [number | null];
    if (code !== 0) throw new Error(`curl ended with ${code}.`);
  }

  /** Several addresses for one process, which keeps its connection from one to the next. */
  async function sendInTurn(urls: readonly string[], sent: Sent = {}): Promise<number[]> {
    const outputs = urls.flatMap((url) => [url, "--output", "/dev/null"]);
    const written = await outputOf(started([...outputs, "--write-out", "%{http_code}\n", ...argumentsOf(sent)], sent));
    return written.toString().trim().split("\n").map(Number);
  }
}

function started(args: readonly string[], { file, stream, signal }: Sent): ChildProcess {
  // Without settings of whoever runs the tests, and without a proxy of theirs.
  const child = spawn("curl", ["--disable", "--silent", "--show-error", "--noproxy", "*", "--compressed", ...args]);
  signal?.addEventListener("abort", () => child.kill("SIGKILL"));
  child.stdin.on("error", () => {});
  if (stream) pipeline(stream, child.stdin).catch(() => child.kill("SIGKILL"));
  else child.stdin.end(file?.bytes);
  return child;
}

function argumentsOf({ method = "GET", headers = {}, json, form, file, stream }: Sent): string[] {
  const args = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
  if (method === "HEAD") args.push("--head");
  else args.push("--request", method);
  if (json !== undefined) args.push("--header", "Content-Type: application/json", "--data-raw", JSON.stringify(json));
  for (const [name, value] of Object.entries(form ?? {})) args.push("--data-urlencode", `${name}=${value}`);
  if (file) args.push("--form-string", `note=${file.note}`, "--form", `file=@-;filename=${file.name}`);
  if (stream) args.push("--upload-file", "-");
  return args;
}

async function outputOf(child: ChildProcess): Promise<Buffer> {
  const [output, faults]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on("data", (piece: Buffer) => output.push(piece));
  child.stderr?.on("data", (piece: Buffer) => faults.push(piece));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`curl ended with ${code}: ${Buffer.concat(faults)}`);
  return Buffer.concat(output);
}

/** Takes the heads apart that come in front of the body: interim ones, then the final one. */
function receivedOf(output: Buffer): Received {
  const end = output.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = output.toString("latin1", 0, end).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const rest = output.subarray(end + 4);
  if (status < 200) return receivedOf(rest);
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
  return { status, headers, body: rest };
}

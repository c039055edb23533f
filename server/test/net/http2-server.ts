import { readFileSync } from "node:fs";
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from "node:http2";
import { join } from "node:path";
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls";
import { afterEach, beforeEach } from "vitest";
import { listen } from "./outside.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "fixtures", `${name}.pem`), "utf8");
/** The key and certificate of 127.0.0.1. */
export const identity = { key: fixture("test-only-key"), cert: fixture("test-certificate") };

/** Has the authority of the fixtures trusted in every test of the file. */
export function trustFixtures(): void {
  const usual = getCACertificates("default");
  beforeEach(() => setDefaultCACertificates([fixture("test-authority")]));
  afterEach(() => setDefaultCACertificates(usual));
}

/** An outside API on loopback that speaks HTTP/2, and HTTP/1.1 where `options` allow it. */
export async function startHttp2(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  options: SecureServerOptions = {},
): Promise<{ origin: string; server: Http2SecureServer; sessions(): number; streams(): number }> {
  let [sessions, streams] = [0, 0];
  const server = createSecureServer({ ...identity, ...options });
  server.on("session", () => {
    sessions += 1;
  });
  server.on("stream", (stream, headers) => {
    streams += 1;
    stream.on("error", () => {});
    answer(stream, headers);
  });
  const { port } = await listen(server, "127.0.0.1");
  return { origin: `https://127.0.0.1:${port}`, server, sessions: () => sessions, streams: () => streams };
}

/** One frame of HTTP/2 (RFC 9113 section 4.1). */
export function frame(type: keyof typeof frameTypes, { flags = 0, stream = 0, payload }: Partial<Frame> = {}): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload?.length ?? 0, 0, 3);
  head[3] = frameTypes[type];
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return payload ? Buffer.concat([head, payload]) : head;
}

interface Frame {
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7 };

/** Flags of frames. */
export const flag = { endStream: 1, ack: 1, endHeaders: 4 };

/** The payload of an answer that says 200 and nothing else (RFC 7541 appendix A). */
export const ok = Buffer.from([0x88]);

/** A number as RST_STREAM and GOAWAY have it. */
export function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A server that says frames it should not: node:http2 would not let it. `answer` gets each request's stream. */
export async function startFrames(answer: (socket: TLSSocket, stream: number) => void): Promise<{ origin: string }> {
  const server = createTlsServer({ ...identity, ALPNProtocols: ["h2"] }, (socket) => {
    let rest: Buffer = Buffer.alloc(0);
    let isGreeted = false;
    socket.on("error", () => {}).write(frame("settings"));
    socket.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      if (!isGreeted && rest.length >= prefaceLength) [rest, isGreeted] = [rest.subarray(prefaceLength), true];
      while (isGreeted && rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) rest = rest.subarray(took(socket, rest));
    });
  });
  const { port } = await listen(server, "127.0.0.1");
  return { origin: `https://127.0.0.1:${port}` };

  function took(socket: TLSSocket, bytes: Buffer): number {
    const length = 9 + bytes.readUIntBE(0, 3);
    const [type, flags] = [bytes[3], bytes[4] as number];
    if (type === frameTypes.settings && flags !== flag.ack) socket.write(frame("settings", { flags: flag.ack }));
    if (type === frameTypes.ping && flags !== flag.ack)
      socket.write(frame("ping", { flags: flag.ack, payload: bytes.subarray(9, length) }));
    if (type === frameTypes.headers) answer(socket, bytes.readUInt32BE(5));
    return length;
  }
}

const prefaceLength = 24;

import { createSocket } from "node:dgram";
import { promises as dns } from "node:dns";
import { onTestFinished } from "vitest";
import { createSystemResolve, type Resolve } from "../../src/net/resolver.ts";

/**
 * A name server on loopback, and the product's own way to ask it. The zones are those of one look-up after the other, over and over,
 * as a server answers that wants to rebind a name. Ends with the test.
 */
export async function startDns(...zones: readonly Zone[]): Promise<Resolve> {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  const asked = { A: 0, AAAA: 0 };
  socket.on("message", (question, from) => {
    const count = isForA(question) ? asked.A++ : asked.AAAA++;
    socket.send(dnsAnswer(question, zones[count % zones.length] ?? {}), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const resolver = new dns.Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return createSystemResolve(resolver);
}

/** What a name server answers about every name. */
export interface Zone {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** A name that the one asked for is an alias of. */
  readonly alias?: string;
  /** 7 when left out. */
  readonly ttlSeconds?: number;
}

// A message of RFC 1035 section 4 that answers the only question of `question`.
function dnsAnswer(question: Buffer, { A = [], AAAA = [], alias, ttlSeconds = 7 }: Zone): Buffer {
  const end = endOf(question);
  const isA = isForA(question);
  const owner = alias === undefined ? Buffer.from([0xc0, 12]) : label(alias);
  const records = isA
    ? A.map((text) => record(owner, 1, ttlSeconds, Buffer.from(text.split(".").map(Number))))
    : AAAA.map((text) => record(owner, 28, ttlSeconds, bytes6(text)));
  if (alias !== undefined) records.unshift(record(Buffer.from([0xc0, 12]), 5, ttlSeconds, label(alias)));
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, question.subarray(12, end), ...records]);
}

function record(owner: Buffer, type: number, ttlSeconds: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttlSeconds, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function label(name: string): Buffer {
  return Buffer.concat([...name.split(".").map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);
}

function bytes6(text: string): Buffer {
  const [before = "", after = ""] = text.split("::");
  const words = (part: string) =>
    part
      .split(":")
      .filter(Boolean)
      .flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
  const [start, end] = [words(before), words(after)];
  return Buffer.from([...start, ...new Array(16 - start.length - end.length).fill(0), ...end]);
}

/** Where the only question of a message ends. */
const endOf = (question: Buffer) => question.indexOf(0, 12) + 5;
const isForA = (question: Buffer) => question.readUInt16BE(endOf(question) - 4) === 1;

import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { type Fault, Problem } from "../kernel/errors.ts";
import { kindOf, type MediaKind, parseMediaType } from "../protocols/http/action/media-type.ts";
import { type Media, mediaFor, type ReadyAction } from "../protocols/http/action/ready.ts";
import type { UpstreamHeaders } from "../protocols/http/response-headers.ts";
import { type Checks, jsonFaults, xmlFaults } from "../sandbox/held-against.ts";
import type { CalledAction } from "./actions.ts";
import { type AnswerRoom, HeldAnswer, type Verdict, type WholeAnswer } from "./held-answer.ts";
import type { Receiver, Relay } from "./relay.ts";

interface Checking {
  readonly action: CalledAction;
  readonly checks: Checks;
  readonly rooms: CheckRooms;
}

/** Where answers are while they are checked. */
export interface CheckRooms {
  /** As they came. */
  readonly held: AnswerRoom;
  /** As they are read: unpacked, as text, and on their way to a worker, which takes several times as much. */
  readonly read: AnswerRoom;
}

/**
 * Holds an answer back until it was compared with what the action says of its status and media type, and then gives it to the relay as
 * it is, with the verdict in headers.
 */
export const checkedAnswer =
  ({ action, checks, rooms }: Checking) =>
  (relay: Relay): Receiver =>
    new HeldAnswer(relay, rooms.held, (answer) => verdictOf({ checks, action, rooms }, answer).catch(unchecked));

async function verdictOf({ checks, action, rooms }: Checking, answer: WholeAnswer): Promise<Verdict> {
  const { method, responses } = action.http as ReadyAction;
  if (responses.length === 0) return notChecked("The action says nothing of its answers.");
  const response = responses.find(({ status }) => status === answer.status) ?? responses.find(({ status }) => status === undefined);
  if (!response) return wrong({ field: "status", message: `The action has no answer with status ${answer.status}.` });
  const hasNoBody = method === "HEAD" || answer.status === 204 || answer.status === 304;
  if (hasNoBody || response.media.length === 0)
    return hasNoBody || answer.body.length === 0 ? right : notChecked("The action says nothing of this body.");
  const type = parseMediaType(String(answer.headers["content-type"] ?? ""));
  const media = type && mediaFor(response.media, type.essence);
  if (!type || !media) return wrong({ field: "contentType", message: "The action has no answer of this media type with this status." });
  const kind = kindOf(type.essence);
  const obstacle = obstacleOf(kind, type.charset);
  if (obstacle !== undefined) return notChecked(obstacle);
  return unpacked(answer, rooms.read, (plain) => heldAgainst({ checks, action, media, kind }, plain));
}

interface Holding extends Pick<Checking, "checks" | "action"> {
  readonly media: Media;
  readonly kind: MediaKind;
}

async function heldAgainst({ checks, action, media, kind }: Holding, plain: Buffer): Promise<Verdict> {
  if (kind === "xml") {
    const found = xmlFaults(checks, action, media, plain);
    return found === undefined ? notChecked(otherSchema) : said(await found);
  }
  if (!isUtf8(plain)) return wrong({ field: "body", message: "This is not valid UTF-8." });
  const schema = action.schemas.of(media.definitionId);
  if (!schema) return notChecked(otherSchema);
  const text = plain.toString("utf8");
  return said(await jsonFaults(checks, action, schema, { root: "body", json: kind === "text" ? JSON.stringify(text) : text }));
}

const said = (faults: readonly Fault[]): Verdict => (faults.length === 0 ? right : { valid: "false", faults });
const otherSchema = "The definition is not one that bodies of this media type are held against.";

const right: Verdict = { valid: "true", faults: [] };
const wrong = (fault: Fault): Verdict => ({ valid: "false", faults: [fault] });
const notChecked = (message: string): Verdict => ({ valid: "unchecked", faults: [{ field: "", message }] });

/** An answer that could not be checked is no wrong answer. */
function unchecked(error: unknown): Verdict {
  if (error instanceof Problem) return notChecked(error.message);
  return notChecked("The body could not be decoded, or would be too long then.");
}

/** Why a body of this kind is not checked. XML says itself in which charset it is. */
function obstacleOf(kind: MediaKind, charset = "utf-8"): string | undefined {
  if (kind === "form" || kind === "multipart" || kind === "binary") return "Bodies of this media type are not checked.";
  return charset === "utf-8" || charset === "us-ascii" || kind === "xml" ? undefined : "Only utf-8 is checked.";
}

/**
 * What `work` says of a body with its content codings undone. Until it has said so, that has a place of its own in the room: a few bytes may
 * come to a thousand times as many.
 */
async function unpacked({ headers, body }: WholeAnswer, room: AnswerRoom, work: (plain: Buffer) => Promise<Verdict>): Promise<Verdict> {
  const plain = await decoded(body, codingsOf(headers));
  if (plain === undefined) return notChecked("Its content coding is not known.");
  if (!room.take(plain.length)) return notChecked("Too many answers are checked.");
  try {
    return await work(plain);
  } finally {
    room.leave(plain.length);
  }
}

function codingsOf({ "content-encoding": value = [] }: UpstreamHeaders): string[] {
  return [value]
    .flat()
    .flatMap((list) => list.split(","))
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== "" && one !== "identity");
}

/** Undone from the last to the first (RFC 9110 section 8.4); undefined when one is not known, or there are many. Throws when it is too long. */
async function decoded(body: Buffer, codings: readonly string[]): Promise<Buffer | undefined> {
  if (codings.length > codingsMax || codings.some((one) => !(one in decoders))) return undefined;
  let plain = body;
  for (const coding of codings.toReversed()) plain = await (decoders[coding] as Decoder)(plain, { maxOutputLength: decodedBytesMax });
  return plain;
}

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: Readonly<Record<string, Decoder>> = Object.assign(Object.create(null), {
  gzip: promisify(zlib.gunzip),
  "x-gzip": promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
});
const codingsMax = 2;
const decodedBytesMax = 10 * 1024 * 1024;

import { percentEncoded } from "../../../domain/percent-encoding.ts";
import type { Fault } from "../../../kernel/errors.ts";
import { exactValue, isRawNumber, type RawNumber, type ValueText } from "./json-text.ts";
import type { MediaKind, MediaType } from "./media-type.ts";
import { formPart, multipart, type Part } from "./multipart.ts";

/** A body as it leaves. */
export interface WrittenBody {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** What is held against a JSON Schema of it, as JSON: a file counts as its base64 text. */
  readonly json: string;
  /** How many keys are in `json`, where that is known. */
  readonly keys?: number;
}

export type BodyAnswer = { readonly body: WrittenBody } | { readonly faults: readonly Fault[] };

/** Writes a body that came as this JSON for a media type; `contentType` is that type as it was asked for. */
export function writtenBody(value: ValueText, { kind, contentType, type, boundary, whole }: BodyPlan): BodyAnswer {
  const { text: json, from, keys } = value;
  if (kind !== "binary" && type.charset !== undefined && type.charset !== "utf-8" && type.charset !== "us-ascii")
    return { faults: [{ field: "contentType", message: "The only charset that is written is utf-8." }] };
  // Byte for byte as the caller wrote it: no number is rounded, no member moved.
  if (kind === "json") {
    const bytes = whole.isAscii ? whole.bytes.subarray(from, from + json.length) : Buffer.from(json);
    return { body: { bytes, contentType, json, keys } };
  }
  const write = writers[kind];
  try {
    return write(json, { contentType, boundary });
  } catch (error) {
    // The stack: what a parser took may still be nested too deep for whoever walks through it.
    if (error instanceof RangeError) return fault("body", "This is nested too deeply.");
    throw error;
  }
}

export interface BodyPlan {
  readonly kind: MediaKind;
  readonly contentType: string;
  readonly type: MediaType;
  /** What the caller sent, and whether each byte of it is a character. */
  readonly whole: { readonly bytes: Buffer; readonly isAscii: boolean };
  /** Gives a text that stands between parts, a new one each time. */
  readonly boundary: () => string;
}

type Write = (json: string, how: Pick<BodyPlan, "contentType" | "boundary">) => BodyAnswer;

const writers: Readonly<Record<Exclude<MediaKind, "json">, Write>> = { form, multipart: parts, xml: asText, text: asText, binary };

function asText(json: string, { contentType }: { contentType: string }): BodyAnswer {
  const text: unknown = JSON.parse(json);
  if (typeof text !== "string") return fault("body", "This must be a text for this media type.");
  if (!text.isWellFormed()) return fault("body", "This holds half of a character.");
  return { body: { bytes: Buffer.from(text), contentType, json } };
}

function binary(json: string, { contentType }: { contentType: string }): BodyAnswer {
  const file = fileOf(JSON.parse(json));
  if (file === undefined || file.contentType !== undefined || file.filename !== undefined)
    return fault("body", 'This must be { "base64": "..." } for this media type, in base64 with padding.');
  return { body: { bytes: file.bytes, contentType, json: JSON.stringify(file.base64) } };
}

/** WHATWG URL, "application/x-www-form-urlencoded serializing", with %20 for a space, which all read. A list is a pair for each item. */
function form(json: string, { contentType }: { contentType: string }): BodyAnswer {
  const pairs: string[] = [];
  const size = createSize();
  const faults = eachMember(json, (name, value) => {
    const text = scalarText(value);
    if (text === undefined) return "This must be a text, a number, true or false, or a list of those.";
    const pair = `${percentEncoded(name)}=${percentEncoded(text)}`;
    if (!size.add(pair.length + 1)) return tooLong;
    pairs.push(pair);
    return undefined;
  });
  if (faults.length > 0) return { faults };
  return { body: { bytes: Buffer.from(pairs.join("&")), contentType, json } };
}

/** RFC 7578. Lists are a part for each item; an object that is no file is a part of JSON. */
function parts(json: string, { boundary: newBoundary }: { boundary: () => string }): BodyAnswer {
  const all: Part[] = [];
  const shown: Record<string, unknown> = Object.create(null);
  const size = createSize();
  const faults = eachMember(json, (name, value, isItem) => {
    const file = fileOf(value);
    const text = scalarText(value);
    if (value === null || Array.isArray(value))
      return "This must be a text, a number, true or false, a file, an object, or a list of those.";
    if (file === undefined && isObject(value) && Object.hasOwn(value, "base64"))
      return 'A file is { "base64": "...", "filename"?: "...", "contentType"?: "..." }, in base64 with padding.';
    const part = file ? filePart(name, file) : textPart(name, text ?? value, text !== undefined);
    if (!size.add(part.bytes.length + name.length + aroundPart)) return tooLong;
    all.push(part);
    const counted = file ? file.base64 : value;
    if (!isItem) shown[name] = counted;
    else if (shown[name] === undefined) shown[name] = [counted];
    else (shown[name] as unknown[]).push(counted);
    return undefined;
  });
  if (faults.length > 0) return { faults };
  const boundary = newBoundary();
  return {
    body: { bytes: multipart(all, boundary), contentType: `multipart/form-data; boundary=${boundary}`, json: JSON.stringify(shown) },
  };
}

const filePart = (name: string, { bytes, filename = "file", contentType = "application/octet-stream" }: GivenFile): Part => ({
  name,
  bytes,
  filename,
  contentType,
});

const textPart = (name: string, value: unknown, isText: boolean): Part =>
  isText ? formPart(name, value as string) : { ...formPart(name, JSON.stringify(value)), contentType: "application/json" };

/**
 * Counts what a body comes to. Each item of a list is written with the list's name and more, so that a body may come to thousands of times
 * what was sent (L-2).
 */
function createSize(): { add(bytes: number): boolean } {
  let bytes = 0;
  return {
    add(more) {
      bytes += more;
      return bytes <= bytesMax;
    },
  };
}

const bytesMax = 4 * 1024 * 1024;
const tooLong = `All of it together would be longer than ${bytesMax} bytes; name less in one call.`;
/** What stands around a part, about. */
const aroundPart = 120;

type TakeMember = (name: string, value: unknown, isItem: boolean) => string | undefined;

/** Takes each member of an object, and of a list each item; gives what is wrong with them. */
function eachMember(json: string, take: TakeMember): Fault[] {
  const value = exactValue(json);
  if (!isObject(value)) return [{ field: "body", message: "This must be an object for this media type." }];
  const faults: Fault[] = [];
  for (const [name, member] of Object.entries(value)) {
    const isList = Array.isArray(member);
    const items: unknown[] = isList ? member : [member];
    for (const [at, item] of items.entries()) {
      const message = take(name, item, isList);
      if (message === undefined) continue;
      faults.push({ field: `body.${name.slice(0, 100)}${isList ? `[${at}]` : ""}`, message });
      // What is left is not read: nobody is told more, and it may be hundreds of thousands.
      if (message === tooLong || faults.length >= faultsMax) return faults;
    }
  }
  return faults;
}

const faultsMax = 200;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value);

function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return isRawNumber(value) ? (value as RawNumber).rawJSON : undefined;
}

interface GivenFile {
  readonly bytes: Buffer;
  readonly base64: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

function fileOf(value: unknown): GivenFile | undefined {
  if (!isObject(value)) return undefined;
  const { base64, filename, contentType, ...rest } = value;
  if (typeof base64 !== "string" || !base64Pattern.test(base64) || Object.keys(rest).length > 0) return undefined;
  if (filename !== undefined && typeof filename !== "string") return undefined;
  if (contentType !== undefined && !(typeof contentType === "string" && headerText.test(contentType))) return undefined;
  return { bytes: Buffer.from(base64, "base64"), base64, filename, contentType };
}

/** RFC 4648 section 4. */
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const headerText = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

const fault = (field: string, message: string): BodyAnswer => ({ faults: [{ field, message }] });

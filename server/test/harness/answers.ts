import {
  type AnswerOf,
  type ErrorBody,
  EventReceipt,
  type Operation,
  type OperationId,
  operations,
  secretMask,
  validationSchemas,
} from "@mooring/contract";
import type { ValidateFunction } from "ajv/dist/2020.js";
import { contract, createAjv, fitsContract } from "../../../contract/test/validators.ts";
import { etagOf } from "../../src/domain/etag.ts";
import { problems } from "../../src/kernel/errors.ts";
import { isUlid } from "../../src/kernel/ids.ts";

/** One answer, read and held against the contract. `body` is only there when the operation succeeded, `error` when it did not. */
export interface Answer<Id extends OperationId = OperationId> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: AnswerOf<Id>;
  readonly error: ErrorBody;
}

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Reads an answer to `id`. Throws when anything about it differs from what the contract promises, ours or the agreed one. */
export function checkedAnswer<Id extends OperationId>(id: Id, raw: RawAnswer): Answer<Id> {
  const faults = raw.status < 400 ? faultsOfSuccess(id, raw) : faultsOfFailure(id, raw);
  faults.unshift(...faultsOfHeaders(raw, raw.status < 400 ? (operations[id] as Operation).success.type : undefined));
  if (faults.length > 0)
    throw new Error(`${id} answered ${raw.status} ${raw.text.slice(0, 2000)}\nwhich breaks the contract: ${faults.join("; ")}`);
  const isText = raw.status < 400 && (operations[id] as Operation).success.type !== undefined;
  const read: unknown = raw.text === "" ? undefined : isText ? raw.text : JSON.parse(raw.text);
  return { ...raw, body: read as AnswerOf<Id>, error: read as ErrorBody };
}

/** What is wrong with an answer that no operation gave, such as that of an address that is not there. */
export function faultsOfUnrouted(raw: RawAnswer): string[] {
  return [...faultsOfHeaders(raw), ...faultsOfError(raw)];
}

/** What is wrong with an answer to whoever sent an event. */
export function faultsOfReceipt(raw: RawAnswer): string[] {
  const { status, text } = raw;
  if (status >= 400) return text === "" ? faultsOfHeaders(raw) : faultsOfUnrouted(raw);
  if (text === "") return faultsOfHeaders(raw);
  return [...faultsOfHeaders(raw), ...misfits(receiptSchema(), JSON.parse(text))];
}

function faultsOfHeaders({ headers, text, status }: RawAnswer, type = "application/json"): string[] {
  const faults: string[] = [];
  if (!isUlid(headers.get("mooring-request-id") ?? "")) faults.push("it has no Mooring-Request-Id");
  if (text !== "" && headers.get("content-type") !== `${type}; charset=utf-8`) faults.push(`it is ${headers.get("content-type")}`);
  if (headers.get("cache-control") !== "no-store") faults.push("a cache may keep it");
  if (headers.get("x-content-type-options") !== "nosniff") faults.push("a browser may guess its type");
  if (status === 401 && !headers.has("www-authenticate")) faults.push("a 401 names no scheme (RFC 9110, section 11.6.1)");
  return faults;
}

function faultsOfSuccess(id: OperationId, { status, headers, text }: RawAnswer): string[] {
  const { success, method } = operations[id] as Operation;
  if (status !== success.status) return [`success is ${success.status}`];
  if (!success.body) return text === "" ? [] : ["it should be empty"];
  if (success.type) return misfits(schemaOf(id), text);
  const body: unknown = JSON.parse(text);
  const faults = [...misfits(schemaOf(id), body), ...unmasked(body, "")];
  const agreed = agreedSchemas[id];
  if (agreed !== undefined) faults.push(...agreedMisfits(agreed, body));
  const isAlone = (one: object) => method !== "POST" || !shownOnce.some((name) => name in one);
  const isResource = typeof body === "object" && body !== null && "id" in body && isAlone(body);
  const etag = headers.get("etag") ?? "";
  const isTagged = taggedWithMore.includes(id) ? /^"[\w-]{27}"$/.test(etag) : etag === etagOf(withoutKey(body));
  if (isResource && !isTagged) faults.push("a single resource has a strong ETag");
  return faults;
}

/** What a GET would give: a key that an update made is beside it, once. */
function withoutKey(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("key" in body)) return body;
  const { key: _key, ...noun } = body;
  return noun;
}

// Their tag is also of the schema, of which the answer has the address.
const taggedWithMore: readonly OperationId[] = ["GetDefinition", "UpdateDefinition"];

// What a POST shows once beside a resource is no part of it, so there is no tag of the two together.
const shownOnce = ["key", "url"];

function faultsOfFailure(id: OperationId, raw: RawAnswer): string[] {
  const faults = faultsOfError(raw, failureSchema(id, raw.status));
  if (agreedSchemas[id] !== undefined && faults.length === 0) faults.push(...agreedMisfits("Error", JSON.parse(raw.text)));
  return faults;
}

function faultsOfError({ status, text }: RawAnswer, schema = errorSchema()): string[] {
  if (text === "") return ["a failure says why"];
  const body = JSON.parse(text) as ErrorBody;
  const faults = misfits(schema, body);
  const known = Object.hasOwn(problems, body.code) ? problems[body.code as keyof typeof problems] : undefined;
  if (known?.status !== status) faults.push(`the code ${body.code} does not belong to ${status}`);
  return faults;
}

/** Every place a secret stands in an answer holds the mask, whatever the schema lets through. */
function unmasked(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const isData = path.endsWith(".data") || path === ".data";
    const isSecret = isData && secretNames.has(name);
    if (isSecret) return member === secretMask ? [] : [`${path}.${name} is not masked`];
    return unmasked(member, `${path}.${name}`);
  });
}

const secretNames = new Set(["value", "valueBase64", "password", "clientSecret", "accessToken", "refreshToken"]);

const misfits = (validate: ValidateFunction, value: unknown) =>
  validate(value) ? [] : (validate.errors ?? []).slice(0, 5).map(({ instancePath, message }) => `${instancePath} ${message}`);

const agreedMisfits = (name: string, value: unknown) =>
  fitsContract(name, value)
    .errors.slice(0, 5)
    .map(({ instancePath, message }) => `of the agreed contract: ${instancePath} ${message}`);

/** The component that the agreed contract names for each operation's success; undefined where it has no such operation. */
const agreedSchemas: Partial<Record<string, string>> = Object.fromEntries(
  Object.values(contract.paths)
    .flatMap((path) => Object.values(path))
    .filter((operation) => typeof operation === "object" && "operationId" in operation)
    .map(({ operationId, responses }) => {
      const [, success] =
        Object.entries<{ content?: Record<string, { schema: { $ref: string } }> }>(responses).find(([status]) => status.startsWith("2")) ??
        [];
      return [operationId, success?.content?.["application/json"]?.schema.$ref.split("/").at(-1) ?? ""];
    }),
);

const compiled = new Map<string, ValidateFunction>();

function schemaOf(id: OperationId): ValidateFunction {
  compileAll();
  const validate = compiled.get(id);
  if (!validate) throw new Error(`${id} answers without a body.`);
  return validate;
}

/** What a failure with this status looks like: an `Error`, unless the operation says that it has more. */
function failureSchema(id: OperationId, status: number): ValidateFunction {
  compileAll();
  return compiled.get(`${id} ${status}`) ?? errorSchema();
}

function receiptSchema(): ValidateFunction {
  if (!compiled.has("EventReceipt")) compiled.set("EventReceipt", createAjv().compile(EventReceipt));
  return compiled.get("EventReceipt") as ValidateFunction;
}

function errorSchema(): ValidateFunction {
  compileAll();
  return compiled.get("Error") as ValidateFunction;
}

function compileAll(): void {
  if (compiled.has("Error")) return;
  const { definitions, operations: byOperation, error } = validationSchemas();
  const ajv = createAjv().addSchema(definitions);
  for (const [id, { answer, failures }] of Object.entries(byOperation)) {
    if (answer) compiled.set(id, ajv.compile(answer as object));
    for (const [status, failure] of Object.entries(failures)) compiled.set(`${id} ${status}`, ajv.compile(failure as object));
  }
  compiled.set("Error", ajv.compile(error as object));
}

import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { openApiDocument } from "../src/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: a schema read from a document may hold anything
export type Schema = { [key: string]: any };

export interface ContractDocument {
  paths: Record<string, Record<string, Schema>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Schema>; securitySchemes: Schema };
}

/** The contract as it was agreed. */
export const contract: ContractDocument = parse(readFileSync(new URL("connect.openapi.yaml", import.meta.url), "utf8"));

/** The document that Mooring serves, as a client reads it. */
export const served = JSON.parse(
  JSON.stringify(openApiDocument({ version: "0.0.0", serverUrl: "http://localhost:9001" })),
) as ContractDocument;

/** A validator set up as the server's is. */
export function createAjv() {
  return withFormats(new Ajv2020({ strict: true, discriminator: true, allErrors: true }));
}

/** Tells whether `value` fits the contract's component `name`, overlapping `oneOf` lists read as "one or more". */
export function fitsContract(name: string, value: unknown): Fit {
  return judge(contractAjv, `contract#/components/schemas/${name}`, value);
}

/** Tells whether `value` fits the component `name` of the document that is served, with `oneOf` meaning exactly one. */
export function fitsServed(name: string, value: unknown): Fit {
  return judge(servedAjv, `served#/components/schemas/${name}`, value);
}

export interface Fit {
  readonly ok: boolean;
  readonly errors: readonly ErrorObject[];
}

function judge(ajv: Ajv2020, ref: string, value: unknown): Fit {
  const validate = ajv.getSchema(ref);
  if (!validate) throw new Error(`There is no schema ${ref}.`);
  const ok = validate(value) as boolean;
  return { ok, errors: validate.errors ?? [] };
}

function withFormats(ajv: Ajv2020): Ajv2020 {
  // The default import of this CommonJS module is its namespace under node and its function under some bundlers.
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.addFormat("ulid", /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
}

function lenient(id: string, document: ContractDocument): Ajv2020 {
  return withFormats(new Ajv2020({ strict: false, allErrors: true })).addSchema({ $id: id, components: document.components });
}

const overlapping = [["Credential", "data"], ["CredentialCreate", "data"], ["EnvironmentUpdateOrCreate"], ["CredentialCreateOrReference"]];

function readTightly(document: ContractDocument): ContractDocument {
  const read = structuredClone(document);
  for (const [component, property] of overlapping) {
    const schema = read.components.schemas[component as string] as Schema;
    const list = property ? schema.properties[property] : schema;
    list.anyOf = list.oneOf;
    delete list.oneOf;
  }
  // Queries are actions that only Mooring has.
  read.components.schemas.Action?.oneOf.push({ type: "object", properties: { type: { const: "bigquery" } }, required: ["type"] });
  // An action's name may hold `$`, and where an action is what refers to a definition it is named as it is.
  const reference = read.components.schemas.DefinitionReference as Schema;
  reference.properties.name.pattern = reference.properties.name.pattern.replace("-_", "-_$");
  return read;
}

const contractAjv = lenient("contract", readTightly(contract));
const servedAjv = lenient("served", served);

import type { DefinitionId, OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { type ApiFiles, createApiFiles } from "./api-file.ts";
import type { CheckedSchema, SchemaCheck } from "./check.ts";
import type { SchemaBundle } from "./flatten.ts";
import { createPool } from "./pool.ts";
import type { Validated, Validation } from "./validators.ts";
import type { ValueFault } from "./value-faults.ts";

/** Where whatever users bring is read, compiled and run: bounded workers, so that at worst one of them ends (J-2). */
export interface Sandbox {
  /**
   * Looks whether schemas can be definitions, and gives the form in which they are stored; one answer for each, in order. Throws `Problem`
   * too_costly when they cannot be looked at within time and memory, overloaded when too many wait.
   */
  checkSchemas(org: OrganisationId, check: SchemasToCheck): Promise<CheckedSchema[]>;
  /**
   * Holds a value against a schema: every fault where the text has at most 64 KiB, the first where it has more, [] when it fits. Throws
   * `Problem` too_costly when it takes longer than a second or the schema cannot be compiled in time, definition_unusable when the schema refers
   * to something that is gone, overloaded when too many wait.
   */
  validate(request: ValidationRequest): Promise<readonly ValueFault[]>;
  /**
   * Reads a description of an API into a draft connection; its rows come in portions before it. Takes the file's bytes away. Throws
   * `Problem` malformed_document or invalid_request for what cannot be read, with its place, too_costly when it takes too much time or
   * memory, overloaded when too many wait.
   */
  readonly readApiFile: ApiFiles["read"];
  /** As `validate`, for an XML document and an XML Schema; `pointer` of a fault is an XPath. */
  validateXml(request: XmlValidationRequest): Promise<readonly ValueFault[]>;
  /** Ends every worker. */
  close(): Promise<void>;
}

export interface SchemasToCheck extends Omit<SchemaCheck, "stored"> {
  /** Gives definitions of the version as they are stored, with all that they refer to in turn; without it, what is not asked about is not looked into. */
  readonly load?: (ids: readonly DefinitionId[]) => Promise<readonly { readonly id: DefinitionId; readonly content: string }[]>;
}

export interface ValidationRequest {
  readonly org: OrganisationId;
  /** Names this schema in this state: whatever is compiled for a key is used for it again. Unique in the organisation. */
  readonly key: string;
  /** Gives the schema where it is not known yet. */
  readonly load: () => Promise<SchemaBundle> | SchemaBundle;
  /** The value, as it would be sent. */
  readonly json: string | Uint8Array;
}

export interface XmlValidationRequest {
  readonly org: OrganisationId;
  readonly key: string;
  /** Gives the XML Schema where it is not known yet. */
  readonly load: () => Promise<string> | string;
  readonly xml: string | Uint8Array;
}

/** Starts no worker until one is needed; each ends after a minute of rest. */
export function createSandbox({ log }: { log?: Log } = {}): Sandbox {
  const common = { heapMiB: 256, idleMs: 60_000, ...(log ? { log } : {}) };
  const checks = createPool<SchemaCheck, CheckedSchema[]>({
    ...common,
    worker: new URL("./check-worker.ts", import.meta.url),
    workersMax: 2,
    timeoutMs: 10_000,
    queueMax: 64,
  });
  const validations = createPool<Validation, Validated>({
    ...common,
    worker: new URL("./validation-worker.ts", import.meta.url),
    workersMax: 3,
    timeoutMs: 1_000,
    queueMax: 4096,
    batchMax: 64,
    patienceMs: 50,
  });
  const files = createApiFiles({ log, idleMs: common.idleMs });
  const loading = new Map<string, Promise<SchemaBundle>>();
  return {
    checkSchemas,
    validate: ({ org, key, load, json }) => hold(org, { key, language: "json", text: json }, load),
    validateXml: ({ org, key, load, xml }) =>
      hold(org, { key, language: "xml", text: xml }, async () => ({ root: await load(), definitions: [] })),
    readApiFile: files.read,
    close,
  };

  async function checkSchemas(org: OrganisationId, { load, ...check }: SchemasToCheck): Promise<CheckedSchema[]> {
    const checked = await checks.run(org, check);
    const own = new Set(check.schemas.map(({ id }) => id));
    const used = [...new Set(checked.flatMap(({ uses }) => uses))].filter((id) => !own.has(id));
    if (!load || used.length === 0) return checked;
    return await checks.run(org, { ...check, stored: await load(used) });
  }

  async function hold(org: OrganisationId, given: Validation, load: ValidationRequest["load"]): Promise<readonly ValueFault[]> {
    const validation = { ...given, key: `${org} ${given.language} ${given.key}` };
    const first = await validations.run(org, validation);
    if (first !== "unknown key") return first;
    const loaded = loading.get(validation.key) ?? Promise.resolve().then(load);
    loading.set(validation.key, loaded);
    try {
      const second = await validations.run(org, { ...validation, bundle: await loaded });
      if (second === "unknown key") throw new Error("A worker asked for a schema that it was given.");
      return second;
    } finally {
      // Not before a worker has it: whoever asked in the meantime is told only now that it is not known.
      loading.delete(validation.key);
    }
  }

  async function close(): Promise<void> {
    await Promise.all([checks.close(), validations.close(), files.close()]);
  }
}

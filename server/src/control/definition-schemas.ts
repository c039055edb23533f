import type { InlineSchema } from "@mooring/contract";
import { schemasUrl } from "../domain/definition.ts";
import type { Fault } from "../kernel/errors.ts";
import type { ConnectionId, DefinitionId, VersionId } from "../kernel/ids.ts";
import type { CheckedSchema as CheckResult } from "../sandbox/check.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { definitionNames, headsByIds } from "../store/definitions.ts";
import { getContentVersion } from "../store/versions.ts";
import type { Call, ControlDeps } from "./change.ts";
import { changeDraft, type Draft } from "./content.ts";
import { Moved, untilStill } from "./moved.ts";
import { requireWholeConnection } from "./rights.ts";

/** What work with definitions needs. */
export interface DefinitionDeps extends ControlDeps {
  readonly publicUrl: URL;
  readonly sandbox: Pick<Sandbox, "checkSchemas">;
}

/** A schema that was sent, for a definition of that id and name. */
export interface SentSchema {
  readonly id: DefinitionId;
  readonly name: string;
  readonly schema: InlineSchema;
  /** The definition's place in the body; empty where it is the body. */
  readonly field: string;
}

/** A schema after its check. Where it has faults, the rest means nothing. */
export interface CheckedSchema {
  readonly id: DefinitionId;
  readonly contentType: string;
  readonly content: string;
  /** The definitions it refers to. */
  readonly uses: readonly DefinitionId[];
  readonly faults: readonly Fault[];
}

interface Place {
  readonly connectionId: ConnectionId;
  /** The version's name. */
  readonly version: string;
}

/**
 * A change of a draft that brings schemas. They are checked before it begins, so that nobody waits for that; it then makes sure that
 * what they refer to is still there under the same names, and has them checked again when it is not. Throws `Problem` conflict when that
 * happens again and again.
 */
export async function changeWithSchemas<Answer>(
  deps: DefinitionDeps,
  call: Call,
  place: Place,
  sent: readonly SentSchema[],
  work: (draft: Draft, checked: readonly CheckedSchema[]) => Promise<Answer>,
): Promise<Answer> {
  requireWholeConnection(call.actor, place.connectionId);
  return untilStill(async () => {
    const check = await checkAll(deps, call, place, sent);
    return await changeDraft(deps, call, place.connectionId, place.version, async (draft) => {
      await requireSame(draft, check, sent.length);
      return work(draft, check.checked);
    });
  });
}

interface Check {
  /** Undefined when there was no draft of that name. */
  readonly versionId: VersionId | undefined;
  readonly checked: readonly CheckedSchema[];
  /** The names under which what is referred to was there. */
  readonly names: ReadonlyMap<DefinitionId, string>;
}

async function checkAll(
  { db, publicUrl, sandbox }: DefinitionDeps,
  { actor: { org } }: Call,
  { connectionId, version: name }: Place,
  sent: readonly SentSchema[],
): Promise<Check> {
  const nothing = { versionId: undefined, checked: [], names: new Map() };
  if (sent.length === 0) return nothing;
  const basis = await db.read(org, async (tx) => {
    const version = await getContentVersion(tx, org, connectionId, name);
    // The change itself says what is the matter with it.
    return version?.publishedAt === null ? { version, existing: await definitionNames(tx, org, version.id) } : undefined;
  });
  if (!basis) return nothing;
  const { version, existing } = basis;
  const typed = sent.map((one) => ({ ...one, contentType: typeOf(one.schema) }));
  const results = await sandbox.checkSchemas(org, {
    schemas: typed.flatMap(({ id, name: own, contentType, schema }) =>
      contentType ? [{ id, name: own, contentType, content: schema.content }] : [],
    ),
    known: [...existing],
    urlPrefix: schemasUrl(publicUrl, org, version.schemaKey),
  });
  const answers = results.values();
  const checked = typed.map((one) => checkedSchema(one, one.contentType === undefined ? undefined : answers.next().value));
  const used = new Set(checked.flatMap(({ uses }) => uses));
  return { versionId: version.id, checked, names: new Map([...existing].flatMap(([one, id]) => (used.has(id) ? [[id, one]] : []))) };
}

/** The type without parameters; undefined when it is none of a schema. */
function typeOf({ contentType }: InlineSchema): string | undefined {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  return schemaTypes.includes(type) ? type : undefined;
}

const schemaTypes = ["application/schema+json", "application/json", "text/xml", "application/xml"];

function checkedSchema(
  { id, field, contentType }: SentSchema & { readonly contentType: string | undefined },
  result: CheckResult | undefined,
): CheckedSchema {
  const inside = field === "" ? "schema" : `${field}.schema`;
  if (contentType === undefined || !result) {
    const fault = { field: `${inside}.contentType`, message: `This must be one of ${schemaTypes.join(", ")}.` };
    return { id, contentType: "", content: "", uses: [], faults: [fault] };
  }
  const told = ({ pointer, message }: CheckResult["faults"][number]) => ({
    field: `${inside}.content`,
    message: pointer === "" ? message : `${pointer}: ${message}`,
  });
  return { id, contentType, content: result.content, uses: result.uses, faults: result.faults.map(told) };
}

/** Throws `Moved` when the check was of another version, or something that it found is gone or called otherwise. */
async function requireSame({ tx, org, version }: Draft, { versionId, checked, names }: Check, sent: number): Promise<void> {
  if (sent === 0) return;
  if (versionId !== version.id || checked.length !== sent) throw new Moved();
  const heads = await headsByIds(tx, org, version.id, names.keys());
  for (const [id, name] of names) if (heads.get(id)?.name !== name) throw new Moved();
}

import type { Fault } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { ActionInput } from "../protocols/http/action/input.ts";
import { kindOf, parseMediaType } from "../protocols/http/action/media-type.ts";
import type { CalledAction } from "./actions.ts";
import type { Schema } from "./schemas.ts";
import { fitsForSure } from "./sure-fit.ts";

/**
 * Holds a value against a schema where neither can do harm; resolves to every fault, [] when it fits. Throws `Problem` too_costly when it
 * takes more than is allowed, definition_unusable when the schema refers to what is gone, overloaded when too many wait.
 */
export type Validate = (what: Validation) => Promise<readonly SchemaFault[]>;

export interface Validation {
  readonly org: OrganisationId;
  /** The same for the same schema: what is compiled for it need not be loaded. */
  readonly key: string;
  readonly load: () => Schema;
  readonly json: string;
}

export interface SchemaFault {
  /** A JSON Pointer (RFC 6901) to the place; empty for all of it. */
  readonly pointer: string;
  readonly message: string;
}

/** What of the body does not fit its definition; undefined when there is nothing to hold it against, or it fits beyond doubt. */
export function bodyFaults(validate: Validate, action: CalledAction, { body, media }: ActionInput): Promise<Fault[]> | undefined {
  if (body === undefined || media === undefined || kindOfType(body.contentType) === "xml") return undefined;
  const schema = action.schemas.of(media.definitionId);
  if (schema === undefined || fitsForSure(schema, body.json, body.keys)) return undefined;
  return faultsBelow("body", validate, validationOf(action, schema, body.json));
}

/** The same for those parameters whose schema says more than their type. */
export function parameterFaults(validate: Validate, action: CalledAction, { constrained }: ActionInput): Promise<Fault[]> | undefined {
  const schema = action.schemas.parameters;
  if (schema === undefined || constrained === undefined || fitsForSure(schema, constrained)) return undefined;
  return faultsBelow("parameters", validate, validationOf(action, schema, constrained));
}

/** To hold a value of an action against one of its schemas. */
export const validationOf = ({ org }: CalledAction, schema: Schema, json: string): Validation => ({
  org,
  key: schema.key,
  load: () => schema,
  json,
});

/** The faults, with their places below `root`. */
export async function faultsBelow(root: string, validate: Validate, what: Validation): Promise<Fault[]> {
  const faults = await validate(what);
  return faults.map((fault) => placed(root, fault));
}

const kindOfType = (contentType: string) => kindOf(parseMediaType(contentType)?.essence ?? "");

/** A place below `root` as the API shows it: `/address/lines/0` is `body.address.lines[0]`. */
function placed(root: string, { pointer, message }: SchemaFault): Fault {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const field = parts.reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : `${path}.${part}`), root);
  return { field: field.slice(0, 500), message };
}

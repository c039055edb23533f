import type { Fault } from "../kernel/errors.ts";
import type { ActionInput } from "../protocols/http/action/input.ts";
import { kindOf, parseMediaType } from "../protocols/http/action/media-type.ts";
import type { Media } from "../protocols/http/action/ready.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Schema } from "../sandbox/schemas.ts";
import { fitsForSure } from "../sandbox/sure-fit.ts";
import type { ValueFault } from "../sandbox/value-faults.ts";
import type { CalledAction } from "./actions.ts";

/**
 * Holds values against schemas, where neither can do harm. Throws `Problem` too_costly when that takes more than is allowed,
 * definition_unusable when the schema refers to what is gone, overloaded when too many wait.
 */
export type Checks = Pick<Sandbox, "validate" | "validateXml">;

/** What of the body does not fit its definition; undefined when there is nothing to hold it against, or it fits beyond doubt. */
export function bodyFaults(checks: Checks, action: CalledAction, { body, media }: ActionInput): Promise<Fault[]> | undefined {
  if (body === undefined || media === undefined) return undefined;
  if (kindOfType(body.contentType) === "xml") return xmlFaults(checks, action, media, body.bytes);
  const schema = action.schemas.of(media.definitionId);
  if (schema === undefined || fitsForSure(schema, body.json, body.keys)) return undefined;
  return jsonFaults(checks, action, schema, { root: "body", json: body.json });
}

/** The same for those parameters whose schema says more than their type. */
export function parameterFaults(checks: Checks, action: CalledAction, { constrained }: ActionInput): Promise<Fault[]> | undefined {
  const schema = action.schemas.parameters;
  if (schema === undefined || constrained === undefined || fitsForSure(schema, constrained)) return undefined;
  return jsonFaults(checks, action, schema, { root: "parameters", json: constrained });
}

/** What of a body of XML does not fit; undefined when it is described by no XML Schema. */
export function xmlFaults({ validateXml }: Checks, { org, schemas }: CalledAction, { definitionId }: Media, xml: Uint8Array) {
  const schema = schemas.xmlOf(definitionId);
  if (schema === undefined) return undefined;
  const found = validateXml({ org, key: schema.key, load: () => schema.root, xml });
  return found.then((faults) => faults.map(({ pointer, message }): Fault => ({ field: `body${pointer}`.slice(0, fieldMax), message })));
}

/** What of a JSON text does not fit, with places below `root`. */
export async function jsonFaults(
  { validate }: Checks,
  { org }: CalledAction,
  schema: Schema,
  { root, json }: { root: string; json: string },
): Promise<Fault[]> {
  const faults = await validate({ org, key: schema.key, load: () => schema, json });
  return faults.map((fault) => placed(root, fault));
}

const kindOfType = (contentType: string) => kindOf(parseMediaType(contentType)?.essence ?? "");

/** A place below `root` as the API shows it: `/address/lines/0` is `body.address.lines[0]`. */
function placed(root: string, { pointer, message }: ValueFault): Fault {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const field = parts.reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : `${path}.${part}`), root);
  return { field: field.slice(0, fieldMax), message };
}

const fieldMax = 500;

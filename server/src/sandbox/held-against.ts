import type { Fault } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Media } from "../protocols/http/action/ready.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Schema, Schemas } from "./schemas.ts";
import type { ValueFault } from "./value-faults.ts";

/**
 * Holds values against schemas, where neither can do harm. Throws `Problem` too_costly when that takes more than is allowed,
 * definition_unusable when the schema refers to what is gone, overloaded when too many wait.
 */
export type Checks = Pick<Sandbox, "validate" | "validateXml">;

/** Whatever says of values what they are: an action, or a trigger. */
interface Described {
  readonly org: OrganisationId;
  readonly schemas: Schemas;
}

/** What of a body of XML does not fit; undefined when it is described by no XML Schema. */
export function xmlFaults(
  { validateXml }: Checks,
  { org, schemas }: Described,
  { definitionId }: Pick<Media, "definitionId">,
  xml: Uint8Array,
) {
  const schema = schemas.xmlOf(definitionId);
  if (schema === undefined) return undefined;
  const found = validateXml({ org, key: schema.key, load: () => schema.root, xml });
  return found.then((faults) => faults.map(({ pointer, message }): Fault => ({ field: `body${pointer}`.slice(0, fieldMax), message })));
}

/** What of a JSON text does not fit, with places below `root`. */
export async function jsonFaults(
  { validate }: Checks,
  { org }: Pick<Described, "org">,
  schema: Schema,
  { root, json }: { root: string; json: string },
): Promise<Fault[]> {
  const faults = await validate({ org, key: schema.key, load: () => schema, json });
  return faults.map((fault) => placed(root, fault));
}

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

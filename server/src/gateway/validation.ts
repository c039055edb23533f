import type { Fault } from "../kernel/errors.ts";
import type { ActionInput } from "../protocols/http/action/input.ts";
import { kindOf, parseMediaType } from "../protocols/http/action/media-type.ts";
import { type Checks, jsonFaults, xmlFaults } from "../sandbox/held-against.ts";
import { fitsForSure } from "../sandbox/sure-fit.ts";
import type { CalledAction } from "./actions.ts";

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

const kindOfType = (contentType: string) => kindOf(parseMediaType(contentType)?.essence ?? "");

import { Problem } from "../../kernel/errors.ts";
import { membersOf } from "../http/action/input.ts";
import { exactValue } from "../http/action/json-text.ts";

/**
 * The parameters in the body of a call of a query; a number that JavaScript would round keeps its digits. Throws `Problem` malformed_body
 * when it is no JSON, and invalid_request when it is something else or has more in it.
 */
export function readQueryInput(bytes: Buffer): Readonly<Record<string, unknown>> {
  const { members, faults } = membersOf(bytes, known);
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
  const text = members.get("parameters");
  const given: unknown = text === undefined ? {} : exactValue(text);
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw new Problem("invalid_request", { fields: [{ field: "parameters", message: "This must be an object." }] });
}

const known = new Set(["parameters"]);

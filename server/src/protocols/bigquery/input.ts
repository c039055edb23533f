import { Problem } from "../../kernel/errors.ts";
import { membersOf } from "../http/action/input.ts";
import { exactValue } from "../http/action/json-text.ts";

/**
 * The parameters in the body of a call of a query; a number that JavaScript would round keeps its digits. Throws `Problem` malformed_body
 * when it is no JSON, and invalid_request when it is something else or has more in it.
 */
export function readQueryInput(bytes: Buffer): Readonly<Record<string, unknown>> {
  const { members, faults } = membersOf(bytes, known);
  const parameters = parsed(members.get("parameters")?.text ?? "{}");
  if (!isObject(parameters)) faults.push({ field: "parameters", message: "This must be an object." });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults.slice(0, faultsMax) });
  return parameters as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return exactValue(text);
  } catch (error) {
    throw new Problem("malformed_body", { cause: error });
  }
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

const known: ReadonlySet<string> = new Set(["parameters"]);
const faultsMax = 200;

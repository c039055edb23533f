import { isUtf8 } from "node:buffer";
import { Problem } from "../../kernel/errors.ts";
import { exactValue } from "../http/action/json-text.ts";

/**
 * The parameters in the body of a call of a query; a number that JavaScript would round keeps its digits. Throws `Problem` malformed_body
 * when it is no JSON, and invalid_request when it is something else or has more in it.
 */
export function readQueryInput(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  const body = parsed(bytes);
  if (!isObject(body)) throw new Problem("invalid_request", { fields: [{ field: "", message: "This must be an object." }] });
  const { parameters = {}, ...others } = body;
  const faults = Object.keys(others).map((name) => ({ field: name.slice(0, 100), message: "This property is not known here." }));
  if (!isObject(parameters)) faults.push({ field: "parameters", message: "This must be an object." });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults.slice(0, faultsMax) });
  return parameters as Record<string, unknown>;
}

function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Problem("malformed_body", { message: "The body is not valid UTF-8." });
  try {
    return exactValue(bytes.toString("utf8"));
  } catch (error) {
    throw new Problem("malformed_body", { cause: error });
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const faultsMax = 200;

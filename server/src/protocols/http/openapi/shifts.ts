import { keywords } from "./keywords.ts";
import { isWrapped } from "./schemas.ts";
import { objectOf, ownOf } from "./values.ts";

/** Whether what is found by these steps in a schema of OpenAPI is a schema, and still found by them in the JSON Schema made of it. */
export function staysInPlace(schema: unknown, steps: readonly string[]): boolean {
  let value = schema;
  for (let at = 0; at < steps.length; ) {
    const object = objectOf(value);
    if (object === undefined || (object.nullable === true && isWrapped(object))) return false;
    const shape = keywords.get(steps[at] as string);
    const inside = ownOf(object, steps[at] as string);
    const isNamed = shape === "named schemas" || shape === "schemas by pattern" || (shape === "schemas" && Array.isArray(inside));
    if (!isNamed && (shape !== "schema" || Array.isArray(inside))) return false;
    if (isNamed && at + 1 >= steps.length) return false;
    value = isNamed ? ownOf(inside, steps[at + 1] as string) : inside;
    at += isNamed ? 2 : 1;
  }
  return typeof value === "boolean" || objectOf(value) !== undefined;
}

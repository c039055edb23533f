import { secretMask } from "@mooring/contract";
import { headerKey, type Place } from "./places.ts";

/** What is shown of a value that a credential writes to `place`: the mask, behind the scheme that an `Authorization` begins with. */
export function masked({ in: part, name }: Place, value: string): string {
  if (part !== "header" || headerKey(name) !== "authorization") return secretMask;
  return `${/^(?:Basic|Bearer) /.exec(value)?.[0] ?? ""}${secretMask}`;
}

/** What stands for any secret. */
export const mask = secretMask;

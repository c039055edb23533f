import type { HTTPMethod } from "@mooring/contract";

/** The methods that an action can have. */
export const methods = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "CONNECT",
  "TRACE",
] as const satisfies readonly HTTPMethod[];

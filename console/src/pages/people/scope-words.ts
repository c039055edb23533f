import type { Role, Scope } from "@mooring/contract";

/** What each scope lets somebody do, in words. */
export const scopeWords = {
  "gateway:call": "Make calls to outside systems",
  "connections:read": "Read connections, their content, and calls",
  "connections:write": "Change connections and their content",
  "secrets:write": "Set and replace secrets",
  "events:read": "Read events that came in",
  "events:write": "Deliver, verify and acknowledge events",
  "organisation:admin": "Manage members, keys, and read the audit",
} as const satisfies Record<Scope, string>;

/** What each role is for, in words. */
export const roleWords = {
  owner: "Does everything, and can make others owners",
  admin: "Does everything but make owners",
  developer: "Builds: all but members, keys, and secrets of production",
  viewer: "Reads, and changes nothing",
} as const satisfies Record<Role, string>;

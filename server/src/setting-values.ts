import { isUlid, type OrganisationId } from "./kernel/ids.ts";
import { type LogLevel, logLevels } from "./kernel/log.ts";
import { Secret } from "./kernel/secret.ts";
import { isMasterKeyText } from "./vault/master.ts";

/** What stands where a secret is. */
export const mask = "********";

/** Takes a text that fits. Throws an Error that tells the requirement. */
export function matching(pattern: RegExp, requirement: string): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw new Error(`must be ${requirement}`);
    return text;
  };
}

/** Takes a whole number within these bounds. Throws an Error that tells them. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new Error(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

/** Each of these gives what `text` stands for, or throws an Error that says what it must be and quotes no secret. */
export function parsePort(text: string): number {
  const port = Number(text);
  // Number takes "9e3", "0x50" and " 80 " too.
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error("must be a whole number from 1 to 65535, or 0 for any free port");
  return port;
}

export function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d{1,2}$/.test(text) || workers < 1 || workers > 64) throw new Error("must be a whole number from 1 to 64");
  return workers;
}

export function parseDatabaseUrl(text: string): Secret {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPostgres = url?.protocol === "postgres:" || url?.protocol === "postgresql:";
  if (!isPostgres || !(url.hostname || url.searchParams.has("host"))) {
    throw new Error("must be postgres://user:password@host:port/database; percent-encode special characters in the password");
  }
  return new Secret(text);
}

/** A database address without its passwords; nothing but a mask when it is none. */
export function maskDatabaseUrl(text: string): string {
  if (!URL.canParse(text)) return mask;
  const url = new URL(text);
  if (url.password) url.password = mask;
  for (const name of [...url.searchParams.keys()]) if (/pass/i.test(name)) url.searchParams.set(name, mask);
  return url.href;
}

export function parseMasterKey(text: string): Secret {
  if (!isMasterKeyText(text)) throw new Error("must be 32 bytes in base64; make one with: openssl rand -base64 32");
  return new Secret(text);
}

export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` && !/[?#]/.test(text);
  if (!isOrigin) throw new Error("must be an origin like https://mooring.example.com, without path, query or user");
  return url.origin;
}

export function parseAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAddress = url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && !/[?#]/.test(text);
  if (!isAddress) throw new Error("must be a URL like https://host.example.com/path, without query or user");
  return url.href;
}

export function parseBytes(text: string): number {
  const bytes = /^[0-9]{1,16}$/.test(text) ? Number(text) : 0;
  if (bytes < 1 || bytes > Number.MAX_SAFE_INTEGER) throw new Error("must be a whole number from 1 to 9007199254740991");
  return bytes;
}

export function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (!level) throw new Error(`must be one of ${logLevels.join(", ")}`);
  return level;
}

export function parseOrganisation(text: string): OrganisationId {
  if (!isUlid(text)) throw new Error("must be a ULID: 26 upper-case characters");
  return text as OrganisationId;
}

export function parseApiKey(text: string): Secret {
  if (!/^[\x21-\x7e]{32,128}$/.test(text)) throw new Error("must have 32 to 128 printable ASCII characters, without spaces");
  return new Secret(text);
}

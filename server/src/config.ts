import { readFileSync } from "node:fs";
import type { OrganisationId } from "./kernel/ids.ts";
import type { LogLevel } from "./kernel/log.ts";
import type { Secret } from "./kernel/secret.ts";
import type { EgressRule } from "./net/egress.ts";
import { mask } from "./setting-values.ts";
import { type Setting, settings } from "./settings.ts";

/**
 * Every setting of the program, from `env` and the command line. Throws ConfigError with all mistakes at once: values that do not
 * parse, settings that need each other, and names that begin with MOORING_ and mean nothing. Nothing is guessed (V-4): what is not
 * exactly right is refused.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, argv: readonly string[] = process.argv.slice(2)): Config {
  const faults = [...unknownNames(env), ...unknownArguments(argv)];
  const shown: ShownSetting[] = [];
  const read = <T>(setting: Setting<T>): T | undefined => {
    const given = lookUp(setting, env, faults);
    const text = given.text === "" ? setting.default : given.text;
    const value = text === "" ? undefined : parsed(setting, text, faults);
    shown.push({
      name: setting.name,
      value: text === "" ? setting.absent : visible(setting, text),
      from: given.from,
      meaning: setting.meaning,
    });
    return value;
  };
  const config = {
    host: read(settings.host) ?? "",
    port: read(settings.port) ?? 0,
    workers: read(settings.workers) ?? 1,
    dataDir: read(settings.dataDir) ?? "",
    databaseUrl: read(settings.databaseUrl),
    masterKey: read(settings.masterKey),
    publicUrl: read(settings.publicUrl),
    egressAllow: read(settings.egressAllow) ?? [],
    callsMax: read(settings.callsMax) ?? 0,
    connectionsMax: read(settings.connectionsMax) ?? 0,
    shutdownWaitMs: read(settings.shutdownWaitMs) ?? 0,
    shutdownDrainMs: read(settings.shutdownDrainMs) ?? 0,
    callsKeepHours: read(settings.callsKeepHours) ?? 168,
    callsKeepMax: read(settings.callsKeepMax) ?? 5_000_000,
    eventsKeepHours: read(settings.eventsKeepHours) ?? 168,
    eventsUnverifiedMax: read(settings.eventsUnverifiedMax) ?? 1000,
    eventBytesMax: read(settings.eventBytesMax) ?? 1_048_576,
    importBytesMax: read(settings.importBytesMax) ?? 33_554_432,
    googleTokenUrl: read(settings.googleTokenUrl) ?? "",
    bigQueryUrl: read(settings.bigQueryUrl) ?? "",
    bigQueryBytesBilledMax: read(settings.bigQueryBytesBilledMax) ?? 0,
    logLevel: read(settings.logLevel) ?? "info",
  };
  const bootstrap = { organisation: read(settings.bootstrapOrganisation), apiKey: read(settings.bootstrapApiKey) };
  faults.push(...missingPartners(shown));
  if (faults.length > 0) throw new ConfigError(faults);
  const { organisation, apiKey } = bootstrap;
  return {
    ...config,
    bootstrap: organisation && apiKey ? { organisation, apiKey } : undefined,
    shown,
    isPrintOnly: argv.includes("--print-config"),
  };
}

export interface Config {
  readonly host: string;
  /** 0 stands for any free port. */
  readonly port: number;
  /** How many processes serve. */
  readonly workers: number;
  /** An absolute path. */
  readonly dataDir: string;
  /** Undefined for the embedded database. */
  readonly databaseUrl: Secret | undefined;
  /** Undefined for the key file in `dataDir`. */
  readonly masterKey: Secret | undefined;
  /** An origin without a slash at its end; undefined when it follows from host and port, see `publicUrlOf`. */
  readonly publicUrl: string | undefined;
  readonly egressAllow: readonly EgressRule[];
  readonly callsMax: number;
  readonly connectionsMax: number;
  readonly shutdownWaitMs: number;
  readonly shutdownDrainMs: number;
  readonly callsKeepHours: number;
  /** Of each organisation. */
  readonly callsKeepMax: number;
  readonly eventsKeepHours: number;
  /** Of each trigger in each environment. */
  readonly eventsUnverifiedMax: number;
  readonly eventBytesMax: number;
  readonly importBytesMax: number;
  readonly googleTokenUrl: string;
  readonly bigQueryUrl: string;
  readonly bigQueryBytesBilledMax: number;
  readonly logLevel: LogLevel;
  readonly bootstrap: { readonly organisation: OrganisationId; readonly apiKey: Secret } | undefined;
  readonly shown: readonly ShownSetting[];
  /** True when the command line asks for `configTable` instead of a start. */
  readonly isPrintOnly: boolean;
}

/** The origin under which people reach this server, which listens on `port`: the configured one, else that of its own address. */
export function publicUrlOf({ publicUrl, host }: Pick<Config, "publicUrl" | "host">, port: number): string {
  const everywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const name = everywhere[host] ?? host;
  return publicUrl ?? `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** What `--print-config` prints: one line per setting, with secrets masked. */
export function configTable({ shown }: Pick<Config, "shown">): string {
  const rows = [{ name: "SETTING", value: "VALUE", from: "FROM", meaning: "MEANING" }, ...shown];
  const width = (column: "name" | "value" | "from") => Math.max(...rows.map((row) => row[column].length)) + 2;
  const [name, value, from] = [width("name"), width("value"), width("from")];
  return rows.map((row) => `${row.name.padEnd(name)}${row.value.padEnd(value)}${row.from.padEnd(from)}${row.meaning}\n`).join("");
}

/** All that is wrong with the settings; the message lists it, a line each, and never holds a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Mooring does not start, because its settings are wrong:\n${faults.map((fault) => `  - ${fault}\n`).join("")}`);
    this.faults = faults;
  }
}

export interface ShownSetting {
  readonly name: string;
  readonly value: string;
  readonly from: string;
  readonly meaning: string;
}

const all: readonly Setting<unknown>[] = Object.values(settings);

function lookUp(setting: Setting<unknown>, env: NodeJS.ProcessEnv, faults: string[]): { text: string; from: string } {
  const text = env[setting.name] ?? "";
  const path = (setting.isSecret && env[`${setting.name}_FILE`]) || "";
  if (text !== "" && path !== "") faults.push(`${setting.name} and ${setting.name}_FILE are both given; give one.`);
  if (path === "") return { text, from: text === "" ? "default" : "environment" };
  return { text: secretFile(setting, path, faults), from: `file ${path}` };
}

function secretFile(setting: Setting<unknown>, path: string, faults: string[]): string {
  try {
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    // An empty file must not quietly mean the default.
    if (text === "") faults.push(`${setting.name}_FILE: ${path} is empty.`);
    return text;
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : "unknown reason";
    faults.push(`${setting.name}_FILE: ${path} cannot be read (${reason}).`);
    return "";
  }
}

function parsed<T>(setting: Setting<T>, text: string, faults: string[]): T | undefined {
  try {
    return setting.parse(text);
  } catch (error) {
    // Any URL may carry a password, also where none belongs.
    const given = setting.isSecret ? "" : ` It is ${JSON.stringify(text.replace(/\/\/[^@/]*@/g, `//${mask}@`))}.`;
    faults.push(`${setting.name} ${error instanceof Error ? error.message : "is not valid"}.${given}`);
    return undefined;
  }
}

function visible(setting: Setting<unknown>, text: string): string {
  if (!setting.isSecret) return text;
  return setting.masked?.(text) ?? mask;
}

function missingPartners(shown: readonly ShownSetting[]): string[] {
  const isGiven = (setting: Setting<unknown>) => shown.some(({ name, from }) => name === setting.name && from !== "default");
  const partners: readonly [Setting<unknown>, Setting<unknown>][] = [
    // Nodes that share a database must share the key, and a key file is on one machine only.
    [settings.databaseUrl, settings.masterKey],
    [settings.bootstrapOrganisation, settings.bootstrapApiKey],
    [settings.bootstrapApiKey, settings.bootstrapOrganisation],
  ];
  return partners
    .filter(([setting, partner]) => isGiven(setting) && !isGiven(partner))
    .map(([setting, partner]) => `${setting.name} is given, so ${partner.name} must be given too.`);
}

function unknownNames(env: NodeJS.ProcessEnv): string[] {
  const names = all.flatMap((setting) => (setting.isSecret ? [setting.name, `${setting.name}_FILE`] : [setting.name]));
  const unknown = Object.keys(env).filter((name) => /^mooring_/i.test(name) && !names.includes(name));
  return unknown.map((name) => {
    const nearest = names.toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? "";
    return `${name} is not a setting.${distance(name, nearest) <= 5 ? ` Is ${nearest} meant?` : ""}`;
  });
}

function unknownArguments(argv: readonly string[]): string[] {
  return argv
    .filter((argument) => argument !== "--print-config")
    .map((argument) => `${argument} is not an argument. There is only --print-config.`);
}

// How many characters have to be put in, taken out or changed (Levenshtein).
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (character === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

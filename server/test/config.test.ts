import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, configTable, publicUrlOf, readConfig } from "../src/config.ts";
import { settings } from "../src/settings.ts";

const masterKey = randomBytes(32).toString("base64");
const databaseUrl = "postgres://mooring:s3cr%3At@db.internal:5432/mooring?sslpassword=an0ther";
const organisation = "01JABCDEFGHJKMNPQRSTVWXYZ0";
const apiKey = 'moor_"key"%+\\0123456789abcdefghijkl';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mooring-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("settings", () => {
  it("all have a value that suits one machine", () => {
    const { shown: _shown, ...config } = readConfig({ PATH: "/bin" }, []);
    expect(config).toEqual({
      host: "127.0.0.1",
      port: 9001,
      workers: 1,
      dataDir: resolve("data"),
      databaseUrl: undefined,
      masterKey: undefined,
      publicUrl: undefined,
      egressAllow: [],
      callsMax: 1024,
      connectionsMax: 4096,
      shutdownWaitMs: 3000,
      shutdownDrainMs: 30_000,
      callsKeepHours: 168,
      callsKeepMax: 5_000_000,
      googleTokenUrl: "https://oauth2.googleapis.com/token",
      bigQueryUrl: "https://bigquery.googleapis.com/bigquery/v2",
      bigQueryBytesBilledMax: 107_374_182_400,
      importBytesMax: 33_554_432,
      eventsKeepHours: 168,
      eventsUnverifiedMax: 1000,
      eventBytesMax: 1_048_576,
      logLevel: "info",
      bootstrap: undefined,
      isPrintOnly: false,
    });
  });

  it("are all read", () => {
    const config = readConfig(
      {
        MOORING_HOST: "::",
        MOORING_PORT: "0",
        MOORING_DATA_DIR: "/var/lib/mooring",
        MOORING_DATABASE_URL: databaseUrl,
        MOORING_MASTER_KEY: masterKey,
        MOORING_PUBLIC_URL: "https://mooring.example.com/",
        MOORING_EGRESS_ALLOW: "10.0.0.0/8, 192.168.1.7/32:8443  127.0.0.1/32",
        MOORING_GOOGLE_TOKEN_URL: "http://127.0.0.1:1/token",
        MOORING_BIGQUERY_URL: "http://127.0.0.1:1/bigquery/v2",
        MOORING_LOG_LEVEL: "debug",
        MOORING_BOOTSTRAP_ORGANISATION: organisation,
        MOORING_BOOTSTRAP_API_KEY: apiKey,
      },
      ["--print-config"],
    );
    expect(config).toMatchObject({ host: "::", port: 0, dataDir: "/var/lib/mooring", logLevel: "debug", isPrintOnly: true });
    expect(config).toMatchObject({ googleTokenUrl: "http://127.0.0.1:1/token", bigQueryUrl: "http://127.0.0.1:1/bigquery/v2" });
    expect(config.publicUrl).toBe("https://mooring.example.com");
    expect(config.databaseUrl?.reveal()).toBe(databaseUrl);
    expect(config.masterKey?.reveal()).toBe(masterKey);
    expect(config.egressAllow).toHaveLength(3);
    expect(config.bootstrap?.organisation).toBe(organisation);
    expect(config.bootstrap?.apiKey.reveal()).toBe(apiKey);
  });

  it("that are empty count as not given", () => {
    const empty = {
      MOORING_DATABASE_URL: "",
      MOORING_MASTER_KEY: "",
      MOORING_MASTER_KEY_FILE: "",
      MOORING_PORT: "",
      MOORING_EGRESS_ALLOW: "",
    };
    expect(readConfig(empty, [])).toEqual(readConfig({}, []));
  });

  it.each(["", "\n", "\r\n"])("that are secret come from a file as well, which may end with %j", (ending) => {
    const config = readConfig(
      {
        MOORING_DATABASE_URL_FILE: file("url", databaseUrl + ending),
        MOORING_MASTER_KEY_FILE: file("key", masterKey + ending),
        MOORING_BOOTSTRAP_API_KEY_FILE: file("api-key", apiKey + ending),
        MOORING_BOOTSTRAP_ORGANISATION: organisation,
      },
      [],
    );
    expect([config.databaseUrl, config.masterKey, config.bootstrap?.apiKey].map((secret) => secret?.reveal())).toEqual([
      databaseUrl,
      masterKey,
      apiKey,
    ]);
    expect(configTable(config)).toContain(`file ${join(folder, "key")}`);
  });

  it.each([
    ["127.0.0.1", 9001, "http://127.0.0.1:9001"],
    ["0.0.0.0", 80, "http://127.0.0.1:80"],
    ["::", 9001, "http://[::1]:9001"],
    ["::1", 9001, "http://[::1]:9001"],
    ["mooring.internal", 9001, "http://mooring.internal:9001"],
  ])("give the public URL of %s, port %i, as %s", (host, port, url) => {
    expect(publicUrlOf({ host, publicUrl: undefined }, port)).toBe(url);
    expect(publicUrlOf({ host, publicUrl: "https://mooring.example.com" }, port)).toBe("https://mooring.example.com");
  });
});

// V-4 and T12: every line is a start that is refused, and what the refusal says.
const refusals: [string, () => NodeJS.ProcessEnv, RegExp][] = [
  ["fewer calls than four", () => ({ MOORING_CALLS_MAX: "3" }), /^MOORING_CALLS_MAX must be a whole number from 4 to 65536/],
  [
    "a number in another spelling",
    () => ({ MOORING_CONNECTIONS_MAX: "1e3" }),
    /^MOORING_CONNECTIONS_MAX must be a whole number from 16 to/,
  ],
  ["a wait with a unit", () => ({ MOORING_SHUTDOWN_WAIT_MS: "3s" }), /^MOORING_SHUTDOWN_WAIT_MS must be a whole number from 0 to 600000/],
  ["a negative time", () => ({ MOORING_SHUTDOWN_DRAIN_MS: "-1" }), /^MOORING_SHUTDOWN_DRAIN_MS must be a whole number from 0 to 600000/],
  [
    "a key of 16 bytes",
    () => ({ MOORING_MASTER_KEY: randomBytes(16).toString("base64") }),
    /^MOORING_MASTER_KEY must be 32 bytes in base64/,
  ],
  ["a key in hex", () => ({ MOORING_MASTER_KEY: randomBytes(32).toString("hex") }), /^MOORING_MASTER_KEY must be 32 bytes in base64/],
  ["a key with a space", () => ({ MOORING_MASTER_KEY: ` ${masterKey}` }), /^MOORING_MASTER_KEY must be 32 bytes in base64/],
  [
    "a database without a key",
    () => ({ MOORING_DATABASE_URL: databaseUrl }),
    /^MOORING_DATABASE_URL is given, so MOORING_MASTER_KEY must be given too/,
  ],
  ["a key twice", () => ({ MOORING_MASTER_KEY: masterKey, MOORING_MASTER_KEY_FILE: file("twice", masterKey) }), /both given; give one/],
  [
    "a key file that is not there",
    () => ({ MOORING_MASTER_KEY_FILE: join(folder, "absent") }),
    /^MOORING_MASTER_KEY_FILE: .*absent cannot be read \(ENOENT\)/,
  ],
  ["a key file that is a folder", () => ({ MOORING_MASTER_KEY_FILE: folder }), /cannot be read \(EISDIR\)/],
  ["an empty key file", () => ({ MOORING_MASTER_KEY_FILE: file("empty", "\n") }), /^MOORING_MASTER_KEY_FILE: .* is empty/],
  ["a key file with a wrong key", () => ({ MOORING_MASTER_KEY_FILE: file("wrong", `${masterKey}\n\n`) }), /^MOORING_MASTER_KEY must be/],
  [
    "another database",
    () => ({ MOORING_DATABASE_URL: "mysql://u:p@h/d", MOORING_MASTER_KEY: masterKey }),
    /^MOORING_DATABASE_URL must be postgres:/,
  ],
  [
    "a database that is no URL",
    () => ({ MOORING_DATABASE_URL: "localhost", MOORING_MASTER_KEY: masterKey }),
    /^MOORING_DATABASE_URL must be postgres:/,
  ],
  [
    "a database without a host",
    () => ({ MOORING_DATABASE_URL: "postgres:///d", MOORING_MASTER_KEY: masterKey }),
    /^MOORING_DATABASE_URL must be postgres:/,
  ],
  ["a port that is too high", () => ({ MOORING_PORT: "65536" }), /^MOORING_PORT must be a whole number.* It is "65536"/],
  ["a port in hex", () => ({ MOORING_PORT: "0x50" }), /^MOORING_PORT must be a whole number/],
  ["no workers", () => ({ MOORING_WORKERS: "0" }), /^MOORING_WORKERS must be a whole number from 1 to 64\. It is "0"/],
  ["too many workers", () => ({ MOORING_WORKERS: "65" }), /^MOORING_WORKERS must be a whole number from 1 to 64/],
  ["as many workers as there are cores", () => ({ MOORING_WORKERS: "auto" }), /^MOORING_WORKERS must be a whole number from 1 to 64/],
  ["a port below zero", () => ({ MOORING_PORT: "-1" }), /^MOORING_PORT must be a whole number/],
  ["a port from a cluster's service link", () => ({ MOORING_PORT: "tcp://10.0.0.1:80" }), /^MOORING_PORT must be a whole number/],
  ["a host with a port", () => ({ MOORING_HOST: "http://localhost" }), /^MOORING_HOST must be an IP address or host name/],
  ["a public URL with a path", () => ({ MOORING_PUBLIC_URL: "https://example.com/mooring" }), /^MOORING_PUBLIC_URL must be an origin/],
  ["a public URL with a query", () => ({ MOORING_PUBLIC_URL: "https://example.com/?" }), /^MOORING_PUBLIC_URL must be an origin/],
  ["a public URL with a user", () => ({ MOORING_PUBLIC_URL: "https://me@example.com" }), /^MOORING_PUBLIC_URL must be an origin/],
  ["a public URL that is a script", () => ({ MOORING_PUBLIC_URL: "javascript:alert(1)" }), /^MOORING_PUBLIC_URL must be an origin/],
  ["a public URL without a scheme", () => ({ MOORING_PUBLIC_URL: "example.com" }), /^MOORING_PUBLIC_URL must be an origin/],
  ["an egress rule that does not parse", () => ({ MOORING_EGRESS_ALLOW: "10.0.0.0/8,true" }), /^MOORING_EGRESS_ALLOW /],
  ["an unknown log level", () => ({ MOORING_LOG_LEVEL: "INFO" }), /^MOORING_LOG_LEVEL must be one of debug, info, warn, error, silent/],
  [
    "half a bootstrap: the organisation",
    () => ({ MOORING_BOOTSTRAP_ORGANISATION: organisation }),
    /so MOORING_BOOTSTRAP_API_KEY must be given too/,
  ],
  ["half a bootstrap: the key", () => ({ MOORING_BOOTSTRAP_API_KEY: apiKey }), /so MOORING_BOOTSTRAP_ORGANISATION must be given too/],
  [
    "an organisation in lower case",
    () => bootstrapWith({ MOORING_BOOTSTRAP_ORGANISATION: organisation.toLowerCase() }),
    /^MOORING_BOOTSTRAP_ORGANISATION must be a ULID/,
  ],
  [
    "an API key of 31 characters",
    () => bootstrapWith({ MOORING_BOOTSTRAP_API_KEY: "k".repeat(31) }),
    /^MOORING_BOOTSTRAP_API_KEY must have 32 to 128/,
  ],
  [
    "an API key of 129 characters",
    () => bootstrapWith({ MOORING_BOOTSTRAP_API_KEY: "k".repeat(129) }),
    /^MOORING_BOOTSTRAP_API_KEY must have 32 to 128/,
  ],
  [
    "an API key with a space",
    () => bootstrapWith({ MOORING_BOOTSTRAP_API_KEY: `${"k".repeat(31)} ` }),
    /^MOORING_BOOTSTRAP_API_KEY must have 32 to 128/,
  ],
  [
    "an API key beyond ASCII",
    () => bootstrapWith({ MOORING_BOOTSTRAP_API_KEY: "ü".repeat(32) }),
    /^MOORING_BOOTSTRAP_API_KEY must have 32 to 128/,
  ],
  ["a typo", () => ({ MOORING_EGRES_ALOW: "10.0.0.0/8" }), /^MOORING_EGRES_ALOW is not a setting\. Is MOORING_EGRESS_ALLOW meant\?/],
  ["a setting in lower case", () => ({ mooring_port: "1" }), /^mooring_port is not a setting/],
  ["a name that is like none", () => ({ MOORING_SOMETHING_ELSE_ENTIRELY: "1" }), /^MOORING_SOMETHING_ELSE_ENTIRELY is not a setting\.$/],
  ["a file for what is no secret", () => ({ MOORING_PORT_FILE: "/port" }), /^MOORING_PORT_FILE is not a setting\. Is MOORING_PORT meant\?/],
];

describe("a start is refused for", () => {
  it.each(refusals)("%s", (_name, env, fault) => {
    const { faults } = refusalOf(env());
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it("an argument that is not one", () => {
    expect(refusalOf({}, ["--port=80"]).faults).toEqual(["--port=80 is not an argument. There is only --print-config."]);
  });

  it("all its mistakes at once", () => {
    const env = { MOORING_PORT: "x", MOORING_LOG_LEVEL: "x", MOORING_MASTER_KEY: "x", MOORING_DATABASE_URL: "x", MOORING_PRT: "1" };
    const error = refusalOf(env, ["--help"]);
    expect(error.faults).toHaveLength(6);
    for (const name of [...Object.keys(env), "--help"]) expect(error.message).toContain(`\n  - ${name}`);
  });
});

describe("no secret is shown (V-7)", () => {
  it("by the table, which has a line for each setting", () => {
    const env = { MOORING_DATABASE_URL: databaseUrl, MOORING_MASTER_KEY: masterKey, MOORING_PORT: "9002", ...bootstrapWith({}) };
    const config = readConfig(env, []);
    const table = configTable(config);
    expect(table.trimEnd().split("\n")).toHaveLength(1 + Object.keys(settings).length);
    expect(table).toMatch(/^MOORING_PORT +9002 +environment +Port to listen on/m);
    expect(table).toMatch(/^MOORING_LOG_LEVEL +info +default +How much/m);
    expect(table).toMatch(/^MOORING_MASTER_KEY +\*{8} +environment/m);
    expect(table).toMatch(/^MOORING_DATABASE_URL +postgres:\/\/mooring:\*{8}@db\.internal:5432\/mooring\?sslpassword=\*{8} +environment/m);
    for (const printed of [table, inspect(config, { depth: 9 }), JSON.stringify(config)]) {
      for (const secret of [masterKey, apiKey, "s3cr", "an0ther"]) expect(printed).not.toContain(secret);
    }
  });

  it("by a refusal", () => {
    const env = {
      MOORING_DATABASE_URL: "postgres://u:s3cr#t@h/d s3cr",
      MOORING_MASTER_KEY: "s3cr",
      MOORING_BOOTSTRAP_API_KEY: "s3cr",
      MOORING_BOOTSTRAP_ORGANISATION: "x",
      MOORING_PUBLIC_URL: "https://me:s3cr@example.com",
    };
    expect(inspect(refusalOf(env))).not.toContain("s3cr");
  });
});

function bootstrapWith(change: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { MOORING_BOOTSTRAP_ORGANISATION: organisation, MOORING_BOOTSTRAP_API_KEY: apiKey, ...change };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function refusalOf(env: NodeJS.ProcessEnv, argv: readonly string[] = []): ConfigError {
  try {
    readConfig(env, argv);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

import { resolve } from "node:path";
import { logLevels } from "./kernel/log.ts";
import { parseEgressRule } from "./net/egress.ts";
import {
  maskDatabaseUrl,
  matching,
  parseAddress,
  parseApiKey,
  parseBytes,
  parseDatabaseUrl,
  parseLogLevel,
  parseMasterKey,
  parseOrganisation,
  parseOrigin,
  parsePort,
  parseWorkers,
  wholeNumber,
} from "./setting-values.ts";

/** The settings, in the order in which they are shown. */
export const settings = {
  host: {
    name: "MOORING_HOST",
    kind: "IP address or host name",
    default: "127.0.0.1",
    absent: "",
    isSecret: false,
    meaning: "Address to listen on. 0.0.0.0 listens on every network of the machine.",
    parse: matching(/^[0-9A-Za-z.:-]+$/, "an IP address or host name, without port or brackets"),
  },
  port: {
    name: "MOORING_PORT",
    kind: "1 to 65535, or 0",
    default: "9001",
    absent: "",
    isSecret: false,
    meaning: "Port to listen on. 0 takes any free port.",
    parse: parsePort,
  },
  workers: {
    name: "MOORING_WORKERS",
    kind: "1 to 64",
    default: "1",
    absent: "",
    isSecret: false,
    meaning: "How many processes serve on this machine: one for each core that Mooring may use.",
    parse: parseWorkers,
  },
  dataDir: {
    name: "MOORING_DATA_DIR",
    kind: "path",
    default: "./data",
    absent: "",
    isSecret: false,
    meaning: "Folder of the embedded database and of the key file. It is made when absent.",
    parse: (text: string) => resolve(text),
  },
  databaseUrl: {
    name: "MOORING_DATABASE_URL",
    kind: "postgres:// or postgresql:// URL",
    default: "",
    absent: "(embedded)",
    isSecret: true,
    meaning: "PostgreSQL to use instead of the embedded database. Needs MOORING_MASTER_KEY.",
    masked: maskDatabaseUrl,
    parse: parseDatabaseUrl,
  },
  masterKey: {
    name: "MOORING_MASTER_KEY",
    kind: "32 bytes in base64",
    default: "",
    absent: "(key file)",
    isSecret: true,
    meaning: "Key that seals all secrets. Without it, master.key in the data folder. Make one with: openssl rand -base64 32",
    parse: parseMasterKey,
  },
  publicUrl: {
    name: "MOORING_PUBLIC_URL",
    kind: "http:// or https:// origin",
    default: "",
    absent: "(host and port)",
    isSecret: false,
    meaning: "Origin under which people and outside systems reach Mooring, when it is another than host and port.",
    parse: parseOrigin,
  },
  egressAllow: {
    name: "MOORING_EGRESS_ALLOW",
    kind: "list of CIDR[:port]",
    default: "",
    absent: "(none)",
    isSecret: false,
    meaning: "Private addresses that may be called all the same, also over plain http. Separated by commas or spaces.",
    parse: (text: string) =>
      text
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(parseEgressRule),
  },
  callsMax: {
    name: "MOORING_CALLS_MAX",
    kind: "4 to 65536",
    default: "1024",
    absent: "",
    isSecret: false,
    meaning: "Calls through the gateway that one process has in flight at a time. One organisation alone gets three quarters of them.",
    parse: wholeNumber(4, 65_536),
  },
  connectionsMax: {
    name: "MOORING_CONNECTIONS_MAX",
    kind: "16 to 1048576",
    default: "4096",
    absent: "",
    isSecret: false,
    meaning: "Connections that callers may have open to one process. Plan 64 KiB of memory for each.",
    parse: wholeNumber(16, 1_048_576),
  },
  shutdownWaitMs: {
    name: "MOORING_SHUTDOWN_WAIT_MS",
    kind: "0 to 600000",
    default: "3000",
    absent: "",
    isSecret: false,
    meaning: "How long everything is still served after SIGTERM while /readyz answers 503, so that balancers look elsewhere.",
    parse: wholeNumber(0, 600_000),
  },
  shutdownDrainMs: {
    name: "MOORING_SHUTDOWN_DRAIN_MS",
    kind: "0 to 600000",
    default: "30000",
    absent: "",
    isSecret: false,
    meaning: "How long requests under way may then take before they are cut off.",
    parse: wholeNumber(0, 600_000),
  },
  callsKeepHours: {
    name: "MOORING_CALLS_KEEP_HOURS",
    kind: "1 to 87600",
    default: "168",
    absent: "",
    isSecret: false,
    meaning: "How long the record of calls is kept, in hours.",
    parse: wholeNumber(1, 87_600),
  },
  callsKeepMax: {
    name: "MOORING_CALLS_KEEP_MAX",
    kind: "1000 to 1000000000",
    default: "5000000",
    absent: "",
    isSecret: false,
    meaning: "How many calls are kept of each organisation; beyond that the oldest go, in blocks of up to 500.",
    parse: wholeNumber(1000, 1_000_000_000),
  },
  eventsKeepHours: {
    name: "MOORING_EVENTS_KEEP_HOURS",
    kind: "24 to 87600",
    default: "168",
    absent: "",
    isSecret: false,
    meaning: "How long events that came in are kept, in hours; one that still waits to be delivered is kept up to 30 days more.",
    parse: wholeNumber(24, 87_600),
  },
  eventsUnverifiedMax: {
    name: "MOORING_EVENTS_UNVERIFIED_MAX",
    kind: "0 to 100000",
    default: "1000",
    absent: "",
    isSecret: false,
    meaning: "How many unverified events are kept of each trigger in each environment; beyond that the oldest go.",
    parse: wholeNumber(0, 100_000),
  },
  eventBytesMax: {
    name: "MOORING_EVENT_BYTES_MAX",
    kind: "1024 to 33554432",
    default: "1048576",
    absent: "",
    isSecret: false,
    meaning: "How large the body of an event may be that comes in, in bytes.",
    parse: wholeNumber(1024, 33_554_432),
  },
  importBytesMax: {
    name: "MOORING_IMPORT_BYTES_MAX",
    kind: "1024 to 268435456",
    default: "33554432",
    absent: "",
    isSecret: false,
    meaning:
      "How large a file may be that is imported, in bytes. Plan sixteen times as much memory for those that are read at the same time.",
    parse: wholeNumber(1024, 268_435_456),
  },
  googleTokenUrl: {
    name: "MOORING_GOOGLE_TOKEN_URL",
    kind: "http:// or https:// URL",
    default: "https://oauth2.googleapis.com/token",
    absent: "",
    isSecret: false,
    meaning: "Where Google issues tokens to service accounts, whatever a key file says. For tests and private gateways to Google.",
    parse: parseAddress,
  },
  bigQueryUrl: {
    name: "MOORING_BIGQUERY_URL",
    kind: "http:// or https:// URL",
    default: "https://bigquery.googleapis.com/bigquery/v2",
    absent: "",
    isSecret: false,
    meaning: "Base URL of calls through BigQuery connections.",
    parse: parseAddress,
  },
  bigQueryBytesBilledMax: {
    name: "MOORING_BIGQUERY_BYTES_BILLED_MAX",
    kind: "1 to 9007199254740991",
    default: "107374182400",
    absent: "",
    isSecret: false,
    meaning: "Bytes that one query may be billed for at most. An action can lower it for itself, and not raise it.",
    parse: parseBytes,
  },
  logLevel: {
    name: "MOORING_LOG_LEVEL",
    kind: logLevels.join(", "),
    default: "info",
    absent: "",
    isSecret: false,
    meaning: "How much is logged.",
    parse: parseLogLevel,
  },
  bootstrapOrganisation: {
    name: "MOORING_BOOTSTRAP_ORGANISATION",
    kind: "ULID",
    default: "",
    absent: "(generated)",
    isSecret: false,
    meaning: "Id of the organisation that is made in an empty database. Needs MOORING_BOOTSTRAP_API_KEY.",
    parse: parseOrganisation,
  },
  bootstrapApiKey: {
    name: "MOORING_BOOTSTRAP_API_KEY",
    kind: "32 to 128 printable ASCII characters, no spaces",
    default: "",
    absent: "(generated)",
    isSecret: true,
    meaning: "API key of that organisation. Needs MOORING_BOOTSTRAP_ORGANISATION.",
    parse: parseApiKey,
  },
} as const satisfies Record<string, Setting<unknown>>;

export interface Setting<T> {
  readonly name: string;
  /** What kind of value it takes, for the documentation. */
  readonly kind: string;
  /** The text used when none is given; empty for none. */
  readonly default: string;
  /** What is shown in place of a value when there is none. */
  readonly absent: string;
  readonly isSecret: boolean;
  readonly meaning: string;
  /** What is shown of a secret; nothing but a mask when there is no such function. */
  readonly masked?: (text: string) => string;
  /** The value that `text` stands for. Throws an Error that says what it must be; of a secret it may not quote anything. */
  readonly parse: (text: string) => T;
}

/**
 * Which rooms of the house each room may import, beside itself. `*` is any. The arrows point down: doors, rooms, machinery, floor,
 * ground. The noun on the wire is the noun in every room, so whoever may import the nouns' rules may import the contract's types.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  kernel: [],
  domain: ["contract", "kernel"],
  vault: ["kernel"],
  net: ["kernel"],
  traffic: ["domain", "kernel"],
  schemes: ["contract (types)", "domain", "kernel"],
  protocols: ["contract (types)", "domain", "kernel"],
  sandbox: ["protocols", "contract (types)", "domain", "kernel"],
  store: ["contract (types)", "domain", "kernel"],
  people: ["store", "vault", "contract (types)", "domain", "kernel"],
  credentials: ["store", "vault", "schemes", "net", "contract (types)", "domain", "kernel"],
  control: ["credentials", "sandbox", "protocols", "schemes", "traffic", "store", "contract", "domain", "kernel"],
  gateway: ["credentials", "sandbox", "protocols", "traffic", "net", "store", "contract (types)", "domain", "kernel"],
  webhooks: ["credentials", "sandbox", "protocols", "traffic", "net", "store", "contract (types)", "domain", "kernel"],
  http: ["control", "gateway", "webhooks", "people", "traffic", "contract", "domain", "kernel"],
  "setting-values.ts": ["vault", "kernel"],
  "settings.ts": ["setting-values.ts", "net", "kernel"],
  "config.ts": ["settings.ts", "setting-values.ts", "net", "vault", "kernel"],
  "bootstrap.ts": ["store", "vault", "domain", "kernel"],
  "open-database.ts": ["config.ts", "store", "vault", "kernel"],
  "welcome.ts": ["bootstrap.ts", "kernel"],
  "shutdown.ts": ["kernel"],
  "memory.ts": [],
  "worker.ts": ["shutdown.ts", "http"],
  "workers.ts": ["worker.ts", "config.ts", "http", "store", "kernel"],
  "start.ts": ["main.ts", "workers.ts", "config.ts"],
  "main.ts": ["*"],
  console: ["contract (types)"],
};

/**
 * The home of each third party and of the parts of Node that reach outside. Where types go anywhere, only their values are bound to
 * the home. Parts of Node that are not listed may be used everywhere, third parties that are not listed nowhere.
 */
export const homes: Readonly<Record<string, { rooms: readonly string[]; typesAnywhere?: true }>> = {
  undici: { rooms: ["net"], typesAnywhere: true },
  "ipaddr.js": { rooms: ["net"] },
  "node:net": { rooms: ["net"], typesAnywhere: true },
  "node:tls": { rooms: ["net"], typesAnywhere: true },
  "node:dns": { rooms: ["net"], typesAnywhere: true },
  "node:dgram": { rooms: [] },
  "node:https": { rooms: ["net"], typesAnywhere: true },
  "node:http2": { rooms: [] },
  // For its server side; requests go out through net alone (S-1).
  "node:http": { rooms: ["net", "http", "gateway"], typesAnywhere: true },
  "node:cluster": { rooms: ["start.ts", "workers.ts", "worker.ts"] },
  "node:sqlite": { rooms: ["store"] },
  pg: { rooms: ["store"] },
  kysely: { rooms: ["store"] },
  fastify: { rooms: ["http"] },
  "@fastify/busboy": { rooms: ["http"] },
  ajv: { rooms: ["http", "sandbox"] },
  "ajv-formats": { rooms: ["http", "sandbox"] },
  // What users bring is read in bounded workers, and nowhere else (J-2).
  "node:worker_threads": { rooms: ["sandbox"] },
  yaml: { rooms: ["sandbox"] },
  re2js: { rooms: ["sandbox"] },
  "libxml2-wasm": { rooms: ["sandbox"] },
  "@scalar/openapi-upgrader": { rooms: ["sandbox"] },
  "@scalar/postman-to-openapi": { rooms: ["sandbox"] },
  "prom-client": { rooms: ["http"] },
  "better-auth": { rooms: ["people"] },
  oauth4webapi: { rooms: ["credentials"] },
  jose: { rooms: ["credentials"] },
  pino: { rooms: ["kernel"] },
  ulid: { rooms: ["kernel"] },
  typebox: { rooms: ["contract"] },
  ...Object.fromEntries(
    [
      "react",
      "react-dom",
      "@mantine/core",
      "@mantine/hooks",
      "@tanstack/react-query",
      "@tanstack/react-router",
      "@tanstack/react-virtual",
      "@dnd-kit/core",
      "@dnd-kit/sortable",
      "codemirror",
      "@codemirror/lang-json",
      "@codemirror/language",
      "@codemirror/lint",
      "@codemirror/state",
      "@codemirror/view",
      "lucide-react",
      "d3-scale",
      "d3-shape",
      "get-nonce",
      "virtual:contract",
    ].map((name) => [name, { rooms: ["console"] }]),
  ),
};

/** What of node:crypto is the vault's alone. Hashes, random bytes and comparisons are free. */
export const vaultOnlyOfCrypto = [
  "createCipheriv",
  "createDecipheriv",
  "createSecretKey",
  "hkdf",
  "hkdfSync",
  "pbkdf2",
  "pbkdf2Sync",
  "scrypt",
  "scryptSync",
  "subtle",
  "webcrypto",
];

/** Who may turn a Secret into text: reviewed one by one, so a new one is added here on purpose (V-7). */
const revealers = [
  "credentials",
  "schemes",
  "vault/master.ts",
  "store/postgres.ts",
  "people/auth.ts",
  "control/api-keys.ts",
  "control/once.ts",
  "bootstrap.ts",
  "welcome.ts",
  "main.ts",
];

/** What may be written in these rooms or files only. */
export const onlyHere: readonly { pattern: RegExp; where: readonly string[]; what: string }[] = [
  {
    pattern: /\bprocess\s*\.\s*env\b|\bprocess\[|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/,
    // The second has programs as texts, to be copied.
    where: ["config.ts", "pages/connection/overview/example-code.ts"],
    what: "reads process.env; only config.ts does",
  },
  {
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)/,
    where: ["kernel/clock.ts", "parts/now.ts"],
    what: "reads the machine's clock; take a Clock or a Date",
  },
  {
    pattern: /(?<![.\w])fetch\(|\b(?:globalThis|global)\.fetch\b|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\(/,
    where: ["net", "api/client.ts", "api/upload.ts", "pages/connection/overview/example-code.ts"],
    what: "calls out; only net does (S-1)",
  },
  {
    pattern: /\.reveal\(\)/,
    where: revealers,
    what: "reveals a secret where none is needed (V-7)",
  },
  { pattern: /\beval\(|\bnew Function\(/, where: [], what: "runs text as code" },
];

/** Names of folders and files that would collect whatever has no place. */
export const namesWithoutMeaning = ["shared", "common", "utils", "util", "helpers", "helper", "lib", "core", "types", "misc"];

/** The most lines a file may have: `*` is every file that is not named. */
export const linesMax: Readonly<Record<string, number>> = { "*": 300, "server/src/main.ts": 150 };

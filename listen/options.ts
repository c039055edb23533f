import { parseArgs } from "node:util";
import { Refusal } from "./mooring.ts";

/** What somebody wants to hear, and where it is to go. */
export interface Options {
  readonly url: URL;
  readonly apiKey: string;
  /** By id or name. */
  readonly connection: string;
  readonly environment: string | undefined;
  readonly trigger: string | undefined;
  /** Mooring's own events that are wanted too. */
  readonly ownEvents: readonly string[];
  readonly to: URL | undefined;
  /** What forwarded events are signed with; undefined: they are not. */
  readonly key: string | undefined;
  readonly after: "now" | "beginning";
}

/** Reads the command line. `help` when that is what was asked for. Throws a `Refusal` that says what is wrong with it. */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options | "help" {
  const given = parsed(args);
  if (given.help) return "help";
  const { MOORING_API_KEY: apiKey = "" } = env;
  if (given.connection === undefined) throw new Refusal(`Say which connection: --connection NAME\n\n${usage}`);
  if (given.after !== "now" && given.after !== "beginning") throw new Refusal("--after is now or beginning.");
  if (given.key !== undefined && !/^whsec_[A-Za-z0-9+/]+=*$/.test(given.key)) throw new Refusal("--key is whsec_ and base64.");
  if (apiKey === "") throw new Refusal("Set MOORING_API_KEY to an API key with connections:read, connections:write and events:read.");
  return {
    url: addressOf("url", given.url),
    apiKey,
    connection: given.connection,
    environment: given.environment,
    trigger: given.trigger,
    ownEvents: given.own,
    to: given.to === undefined ? undefined : addressOf("to", given.to),
    key: given.key,
    after: given.after,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        connection: { type: "string" },
        environment: { type: "string" },
        trigger: { type: "string" },
        own: { type: "string", multiple: true, default: [] },
        to: { type: "string" },
        key: { type: "string" },
        after: { type: "string", default: "now" },
        url: { type: "string", default: "http://127.0.0.1:9001" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n\n${usage}`);
  }
}

function addressOf(option: string, text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.protocol === "http:" || address?.protocol === "https:") return address;
  throw new Refusal(`--${option} is an address such as http://127.0.0.1:3000/hook, not ${text}.`);
}

export const usage = `npm run listen -- --connection NAME [options]

Prints each event of a connection as it comes, and forwards it. The API key is in MOORING_API_KEY.

  --connection NAME    which connection, by id or name
  --environment NAME   only events of this environment, by id or name
  --trigger NAME       only events of this trigger
  --own TYPE           Mooring's own events of this type too, as in version.published; any number of times
  --to URL             where each event is sent
  --key whsec_...      signs what is sent there, as Standard Webhooks has it
  --after WHEN         now, or beginning for all that is kept; now when left out
  --url URL            where Mooring is; http://127.0.0.1:9001 when left out`;

import type { EnvironmentVariable } from "@mooring/contract";
import { baseUrlFault, parseBaseUrl, resolveBaseUrl } from "../../../domain/base-url.ts";
import type { Kind } from "./kinds.ts";
import type { Notes } from "./notes.ts";
import { below, type Place, root } from "./place.ts";
import type { Found } from "./reading.ts";
import { type JsonObject, listOf, objectOf, ownOf, textOf } from "./values.ts";

/** Where calls go, and the variables in it that have a default. */
export interface Server {
  readonly baseUrl: string;
  readonly environmentVariables: readonly EnvironmentVariable[];
}

/**
 * The first server as a base URL: its variables become environment variables. Where the document has none, the first that a path or an
 * operation has is taken. Where there is no server, or one that cannot be a base URL, a variable stands for its host, with a note.
 */
export function readServers(document: JsonObject, local: readonly Found[], notes: Notes): Server {
  const servers = serversOf({ object: document, place: root });
  const others = local.flatMap(serversOf);
  const first = servers[0] ?? others[0];
  const url = textOf(first?.object.url);
  for (const { place } of servers.slice(1)) notes.note("moreServers", place);
  for (const { object, place } of others) if (JSON.stringify(object) !== JSON.stringify(first?.object)) notes.note("localServers", place);
  if (first === undefined || url === undefined) {
    notes.note("server", below(root, "servers"));
    return withHost("");
  }
  notes.rest(first.object, first.place, serverKeys, serverOthers);
  return readServer(url, first.object.variables, { notes, place: first.place });
}

function serversOf({ object, place }: Found): Found[] {
  const servers = listOf(object.servers) ?? [];
  return servers.flatMap((server, at) => {
    const found = objectOf(server);
    return found ? [{ object: found, place: below(place, "servers", at) }] : [];
  });
}

const serverKeys = new Set(["url", "variables", "name"]);
const serverOthers: ReadonlyMap<string, Kind> = new Map([["description", "documentation"]]);

interface Variable {
  readonly wanted: string;
  readonly name: string;
  readonly value: string | undefined;
}

function readServer(url: string, declared: unknown, { notes, place }: { notes: Notes; place: Place }): Server {
  const variables = variablesIn(url, declared);
  const written = (isLiteral: (variable: Variable) => boolean) =>
    url.replaceAll(variablePattern, (whole, wanted: string) => {
      const variable = variables.find((one) => one.wanted === wanted);
      if (variable === undefined) return whole;
      return isLiteral(variable) && variable.value !== undefined ? variable.value : `{{ env.${variable.name} }}`;
    });
  // A base URL has no placeholder for the scheme alone, nor for a host with a path: there the default is written out.
  const atStart = /^\{([^{}]+)\}:/.exec(url)?.[1];
  const candidates = [written(() => false), written(({ wanted }) => wanted === atStart), written(() => true)];
  const usable = candidates.map(trimmed).find((baseUrl) => isUsable(baseUrl, variables));
  const baseUrl = usable ?? withHost(pathOf(trimmed(written(() => true)))).baseUrl;
  if (usable === undefined) notes.note("server", below(place, "url"));
  const used = variables.filter(({ name }) => baseUrl.includes(`{{ env.${name} }}`));
  for (const { value, wanted } of used) if (value === undefined) notes.note("serverVariables", below(place, "variables", wanted));
  for (const { name, wanted } of used) if (name !== wanted) notes.note("nameChanged", below(place, "variables", wanted));
  return { baseUrl, environmentVariables: used.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }])) };
}

function variablesIn(url: string, declared: unknown): Variable[] {
  const names = new Set<string>();
  const wanted = new Set([...url.matchAll(variablePattern)].map(([, name]) => name as string));
  return [...wanted].map((wanted) => {
    const name = variableName(wanted, names);
    names.add(name);
    const value = textOf(ownOf(ownOf(declared, wanted), "default"));
    return { wanted, name, value: value === "" || (value?.length ?? 0) > valueMax ? undefined : value };
  });
}

const variablePattern = /\{([^{}]+)\}/g;
const valueMax = 8192;

function variableName(wanted: string, taken: ReadonlySet<string>): string {
  const clean = wanted.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 90);
  const base = /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  return name;
}

/** Whether it can be stored, and leads somewhere with the defaults there are. */
function isUsable(baseUrl: string, variables: readonly Variable[]): boolean {
  if (baseUrl.length > 2048 || baseUrlFault(baseUrl) !== undefined) return false;
  try {
    resolveBaseUrl(parseBaseUrl(baseUrl), new Map(variables.map(({ name, value }) => [name, value ?? "x"])));
    return true;
  } catch {
    return false;
  }
}

const trimmed = (url: string) => url.trim().replace(/\/+$/, "");

/** The path of a server that is relative to where the file was, or whose host is unusable. */
function pathOf(url: string): string {
  const path = url
    .replace(/^[a-z][a-z0-9+.-]*:/i, "")
    .replace(/^\/\/[^/]*/, "")
    .replace(/[?#].*$/, "");
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}

/** A base URL whose host each environment has to name. */
function withHost(path: string): Server {
  const baseUrl = `https://{{ env.host }}${path}`;
  return { baseUrl: baseUrlFault(baseUrl) === undefined ? baseUrl : "https://{{ env.host }}", environmentVariables: [] };
}

/** What a gateway address names, as it came over the wire except for the environment, which is decoded. Nothing is checked yet. */
export interface Target {
  /** Whether the call is to be made, or only explained. */
  readonly kind: "proxy" | "explain";
  readonly org: string;
  readonly connection: string;
  readonly environment: string;
  /** Empty, or from the slash after `proxy` or `explain` on. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
}

/**
 * Reads `/o/{org}/connections/{connection}/environments/{environment}/proxy/{path}?{query}`, and the same with `explain`; undefined for
 * any other address. Byte positions instead of a pattern, because every call comes through here.
 */
export function targetOf(url: string): Target | undefined {
  if (!url.startsWith("/o/")) return undefined;
  const orgEnd = url.indexOf("/", 3);
  if (orgEnd === -1 || !url.startsWith("/connections/", orgEnd)) return undefined;
  const connectionAt = orgEnd + "/connections/".length;
  const connectionEnd = url.indexOf("/", connectionAt);
  if (connectionEnd === -1 || !url.startsWith("/environments/", connectionEnd)) return undefined;
  const environmentAt = connectionEnd + "/environments/".length;
  const environmentEnd = url.indexOf("/", environmentAt);
  if (environmentEnd === -1) return undefined;
  const kind = kindAt(url, environmentEnd + 1);
  if (kind === undefined) return undefined;
  const at = environmentEnd + 1 + kind.length;
  const next = url.charAt(at);
  if (next !== "" && next !== "/" && next !== "?") return undefined;

  const question = url.indexOf("?");
  // A question mark before the path's place belongs to another address that only looks like this one.
  if (question !== -1 && question < at) return undefined;
  return {
    kind,
    org: url.slice(3, orgEnd),
    connection: url.slice(connectionAt, connectionEnd),
    environment: decoded(url.slice(environmentAt, environmentEnd)),
    path: question === -1 ? url.slice(at) : url.slice(at, question),
    query: question === -1 ? "" : url.slice(question + 1),
  };
}

function kindAt(url: string, at: number): Target["kind"] | undefined {
  if (url.startsWith("proxy", at)) return "proxy";
  return url.startsWith("explain", at) ? "explain" : undefined;
}

/** A name that is wrongly encoded stays as it is; no environment has it. */
function decoded(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What a gateway address names, as it came over the wire except for the environment, which is decoded. Nothing is checked yet. */
export interface Target {
  /** Whether the call is to be made, or only explained. */
  readonly kind: "proxy" | "explain" | "invoke";
  /** The action's name, where an action is called or explained. */
  readonly action: string | undefined;
  readonly org: string;
  readonly connection: string;
  readonly environment: string;
  /** Empty, or from the slash after `proxy` or `explain` on. Of an action, from the one before `actions` on. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
}

/**
 * Reads `/o/{org}/connections/{connection}/environments/{environment}/proxy/{path}?{query}`, and the same with `explain`; and in place of
 * `proxy/{path}` also `actions/{action}/invoke` and `actions/{action}/explain`. Undefined for any other address. Byte positions instead
 * of a pattern, because every call comes through here.
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
  const question = url.indexOf("?");
  if (kind === undefined) return actionTarget(url, { orgEnd, connectionAt, connectionEnd, environmentAt, environmentEnd, question });
  const at = environmentEnd + 1 + kind.length;
  const next = url.charAt(at);
  if (next !== "" && next !== "/" && next !== "?") return undefined;

  // A question mark before the path's place belongs to another address that only looks like this one.
  if (question !== -1 && question < at) return undefined;
  return {
    kind,
    action: undefined,
    org: url.slice(3, orgEnd),
    connection: url.slice(connectionAt, connectionEnd),
    environment: decoded(url.slice(environmentAt, environmentEnd)),
    path: question === -1 ? url.slice(at) : url.slice(at, question),
    query: question === -1 ? "" : url.slice(question + 1),
  };
}

interface Places {
  readonly orgEnd: number;
  readonly connectionAt: number;
  readonly connectionEnd: number;
  readonly environmentAt: number;
  readonly environmentEnd: number;
  readonly question: number;
}

function actionTarget(url: string, { orgEnd, connectionAt, connectionEnd, environmentAt, environmentEnd, question }: Places) {
  if (question !== -1 && question < environmentEnd) return undefined;
  const path = question === -1 ? url.slice(environmentEnd) : url.slice(environmentEnd, question);
  const [, action, kind] = actionPath.exec(path) ?? [];
  if (action === undefined || (kind !== "invoke" && kind !== "explain")) return undefined;
  return {
    kind,
    action: decoded(action),
    org: url.slice(3, orgEnd),
    connection: url.slice(connectionAt, connectionEnd),
    environment: decoded(url.slice(environmentAt, environmentEnd)),
    path,
    query: question === -1 ? "" : url.slice(question + 1),
  } satisfies Target;
}

const actionPath = /^\/actions\/([^/]+)\/(invoke|explain)$/;

function kindAt(url: string, at: number): "proxy" | "explain" | undefined {
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

/** Where an outside system sends events, as it came over the wire except for names, which are decoded. Nothing is checked yet. */
export type IngestAddress =
  | {
      readonly token?: never;
      readonly org: string;
      readonly connection: string;
      readonly environment: string;
      readonly trigger: string;
      /** `default` where the query names none. */
      readonly version: string;
    }
  | { readonly token: string };

/**
 * Reads `/o/{org}/connections/{connection}/environments/{environment}/triggers/{trigger}`, and `/t/{token}`, with or without a query.
 * Undefined for any other address: what is below a trigger is the control plane's. Byte positions first, because every request comes through here.
 */
export function ingestAddressOf(url: string): IngestAddress | undefined {
  const isShort = url.startsWith("/t/");
  if (!isShort && !(url.startsWith("/o/") && url.includes("/triggers/"))) return undefined;
  const question = url.indexOf("?");
  const path = question === -1 ? url : url.slice(0, question);
  if (isShort) return path.indexOf("/", 3) === -1 && path.length > 3 ? { token: path.slice(3) } : undefined;
  const [, org, connection, environment, trigger] = byNames.exec(path) ?? [];
  if (org === undefined || connection === undefined || environment === undefined || trigger === undefined) return undefined;
  const version = question === -1 ? undefined : versionOf(url.slice(question + 1));
  return { org, connection, environment: decoded(environment), trigger: decoded(trigger), version: version ?? "default" };
}

const byNames = /^\/o\/([^/]+)\/connections\/([^/]+)\/environments\/([^/]+)\/triggers\/([^/]+)$/;

const versionOf = (query: string) => (query.includes("version=") ? new URLSearchParams(query).get("version") : null) ?? undefined;

/** A name that is wrongly encoded stays as it is; nothing has it. */
function decoded(name: string): string {
  if (!name.includes("%")) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

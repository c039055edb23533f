/** The parameters of a request to a token endpoint that are Mooring's alone; no additional parameter can set one. */
export const tokenParameters: ReadonlySet<string> = new Set([
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "refresh_token",
  "code",
  "redirect_uri",
  "code_verifier",
  "scope",
]);

/** Whether a server could read `name` as one of `reserved`, however it is written (O-2). */
export function couldBe(name: string, reserved: ReadonlySet<string>): boolean {
  return reserved.has(folded(name));
}

/** Servers fold letters; some read `redirect.uri` and `redirect uri` as redirect_uri, and `state[]` or `state` then NUL as state. */
function folded(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");
}

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

/**
 * Those of the address that a person is sent to (O-2). `request` and `request_uri` could replace all of the others (RFC 9101), and
 * `response_mode` the way back.
 */
export const authorizationParameters: ReadonlySet<string> = new Set([
  ...tokenParameters,
  "response_type",
  "response_mode",
  "state",
  "nonce",
  "code_challenge",
  "request",
  "request_uri",
]);

/** Whether a server could read `name` as one of `reserved`, however it is written (O-2). */
export function couldBe(name: string, reserved: ReadonlySet<string>): boolean {
  return reserved.has(folded(name));
}

/** Servers fold letters; some read `redirect.uri` and `redirect uri` as redirect_uri, and `state[0]` or `state` then NUL as state. */
function folded(name: string): string {
  const plain = name
    .normalize("NFKC")
    .replace(/[[\0].*$/s, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");
  return plain.startsWith("code_challenge") ? "code_challenge" : plain;
}

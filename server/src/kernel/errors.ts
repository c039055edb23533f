/**
 * The one kind of error Mooring throws on purpose: a stable code, what to do about it, and every fault of the body.
 * `message` and `fields` reach the caller, so neither may ever hold a secret, SQL or a stack.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly fields: readonly Fault[] | undefined;
  /** Members beyond the common ones that the contract gives this answer, such as `definitions` of a 412. */
  readonly members: Readonly<Record<string, unknown>> | undefined;
  /** Whole seconds for `Retry-After`; only overload and rate limits set it. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    detail: {
      message?: string;
      fields?: readonly Fault[];
      members?: Readonly<Record<string, unknown>>;
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(detail.message ?? problems[code].message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "Problem";
    this.code = code;
    this.status = problems[code].status;
    this.fields = detail.fields;
    this.members = detail.members;
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}

/** One fault of a request: where (`environments[0].name`, empty for the whole) and what to do about it. */
export interface Fault {
  readonly field: string;
  readonly message: string;
}

export type ProblemCode = keyof typeof problems;

/** Every code Mooring answers with, its status, and the message used when the thrower gives none. */
export const problems = {
  invalid_request: { status: 400, message: "The request is invalid; each fault is listed in fields." },
  malformed_body: { status: 400, message: "The body is not valid JSON." },
  malformed_document: { status: 400, message: "The document cannot be read." },
  version_incomplete: { status: 400, message: "Something in the version is not ready to be published; each fault is listed in fields." },
  ambiguous_request: { status: 400, message: "The request could be read in two ways; the connection is closed." },
  sign_in_unknown: {
    status: 400,
    message: "The sign-in is unknown, finished, older than 10 minutes, or began in another browser; begin it again.",
  },
  sign_in_refused: { status: 400, message: "The authorization server refused the sign-in." },
  unauthenticated: { status: 401, message: "Send a session cookie or Authorization: Bearer <API key>." },
  event_unverified: { status: 401, message: "The event did not pass every trigger credential; it is not delivered." },
  forbidden: { status: 403, message: "You are known, but your role or key does not allow this." },
  csrf: { status: 403, message: "A request with a session cookie must come from this site and carry the header Mooring-Csrf: 1." },
  egress_denied: { status: 403, message: "The address may not be reached; an operator can list it in MOORING_EGRESS_ALLOW." },
  not_found: { status: 404, message: "There is nothing at this address." },
  method_not_allowed: { status: 405, message: "This address does not take that method." },
  too_slow: { status: 408, message: "The body did not come in time; the connection is closed." },
  conflict: { status: 409, message: "The change collides with another one; read again and retry." },
  name_taken: { status: 409, message: "The name is taken; choose another." },
  in_use: { status: 409, message: "It is still in use." },
  credential_in_use: { status: 409, message: "The credential is still in use; unlink it first." },
  last_environment: { status: 409, message: "A connection keeps at least one environment; delete the connection instead." },
  last_owner: { status: 409, message: "An organisation keeps at least one owner; name another owner first." },
  version_published: { status: 409, message: "A published version cannot change; create a draft from it." },
  event_undeliverable: {
    status: 409,
    message: "The event is not delivered: it did not pass verification, or its sender was told that it does not fit.",
  },
  event_unverifiable: {
    status: 409,
    message: "The event cannot be verified again: its environment, its trigger or what came in full is gone.",
  },
  precondition_failed: { status: 412, message: "It changed since you read it; read it again and retry." },
  environment_in_use: { status: 412, message: "The environment is used by a subscription; delete that first or send force=true." },
  definition_in_use: { status: 412, message: "Something refers to the definition; change that first or send force=true." },
  too_large: { status: 413, message: "The request is too large." },
  unsupported_media_type: { status: 415, message: "Send the body as application/json." },
  idempotency_mismatch: { status: 422, message: "This Idempotency-Key was used with another request; use a new key." },
  template_unresolved: { status: 422, message: "A placeholder has no value; nothing was sent." },
  credential_unusable: { status: 422, message: "A credential cannot be sent the way its auth scheme says; nothing was sent." },
  action_incomplete: { status: 422, message: "The action has errors and cannot be called; nothing was sent." },
  definition_unusable: { status: 422, message: "A schema cannot be used, or refers to something that is gone; nothing was sent." },
  too_costly: { status: 422, message: "To read or check this takes more time or memory than is allowed; make it smaller or simpler." },
  variable_refused: { status: 422, message: "A variable of Mooring-Variables may not be set for a call; nothing was sent." },
  query_refused: { status: 422, message: "BigQuery refuses the query." },
  frozen: { status: 423, message: "Calls are frozen." },
  reauth_required: { status: 424, message: "The credential needs a person to sign in again." },
  too_many_requests: { status: 429, message: "Too many attempts; wait and try again." },
  internal: { status: 500, message: "Something went wrong in Mooring; the request id finds it in the log." },
  upstream_unreachable: { status: 502, message: "The outside system could not be reached." },
  token_unavailable: { status: 502, message: "There is no usable access token, and none could be obtained; nothing was sent." },
  upstream_timeout: { status: 504, message: "The outside system did not answer in time." },
  overloaded: { status: 503, message: "Mooring is overloaded; try again shortly." },
  database_unavailable: { status: 503, message: "The database does not answer; try again shortly." },
} as const satisfies Record<string, { status: number; message: string }>;

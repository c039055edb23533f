import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ProblemCode, problems } from "../server/src/kernel/errors.ts";

/** The text of docs/api-errors.md, made from the table of errors and from what to do about each. Run as a program it writes that file. */
export function errorsPage(): string {
  const codes = Object.keys(problems) as ProblemCode[];
  const inOrder = codes.toSorted((one, other) => problems[one].status - problems[other].status);
  const rows = inOrder.map((code) => `| ${problems[code].status} | \`${code}\` | ${problems[code].message} | ${whatToDo[code]} |\n`);
  return `${introduction}\n## Codes\n\n| Status | Code | Message | What to do |\n|---|---|---|---|\n${rows.join("")}\n${rules}`;
}

/** For whoever gets the error. A code that is missing here does not compile. */
const whatToDo: Readonly<Record<ProblemCode, string>> = {
  invalid_request: "Mend every fault in `fields`, then send it again. A name that is not known is a fault too.",
  malformed_body: "Send JSON: UTF-8, double quotes, no comma at the end.",
  malformed_document: "`message` says line, column and what is wrong. Mend it there.",
  version_incomplete: "Each `field` begins with what it is about, as in `actions[listUsers]/path`. Mend it there, then publish again.",
  ambiguous_request: "Send one `Host` header and no transfer coding but `chunked`; a proxy in between may have added them.",
  sign_in_unknown: "Begin the sign-in again, in the browser that will also end it, and finish it within 10 minutes.",
  sign_in_refused: "`message` has the server's own words. Mend the credential or what is registered at the server, and begin again.",
  unauthenticated: "Send `Authorization: Bearer <API key>`, or sign in. The key may have expired or been revoked.",
  event_unverified:
    "Compare secret and signature with what the environment's trigger credentials ask for. The inbox has the event, and says what was compared.",
  forbidden: "`message` names the scope, role or limit. Use another key, or ask an admin of the organisation.",
  csrf: "From a browser: send `Mooring-Csrf: 1`, from a page of Mooring's own address. Programs use an API key and need no such header.",
  egress_denied: "Check the base URL and use `https:`. For a private system, ask the operator to list it in `MOORING_EGRESS_ALLOW`.",
  not_found: "Check address and ids. What belongs to another organisation answers the same as what does not exist.",
  method_not_allowed: "Use a method that the address takes.",
  too_slow: "Send the body without pauses; an event has 10 seconds and more for a long body.",
  conflict: "Read the resource again, and decide anew.",
  name_taken: "Choose another name, or change what has it.",
  in_use: "`message` names what uses it. Delete that first, or send `force=true` where the operation takes it.",
  credential_in_use: "`message` names the environments. Leave the credential out there, then delete it.",
  last_environment: "Add another environment first, or delete the connection.",
  last_owner: "Make somebody else an owner first.",
  version_published: "Create a draft from it with `fromVersion`, and change that.",
  event_undeliverable:
    "Read the event: `verification` and `faults` say why. Mend the secret or the trigger, and verify it again, or have it sent again.",
  event_unverifiable: "`message` says what is gone, or which event is the same delivery. Have it sent again.",
  precondition_failed: "Read it again, take its new `ETag`, and decide anew.",
  environment_in_use: "`message` names the subscriptions. Delete them first, or send `force=true`.",
  definition_in_use:
    "`definition` or `definitions` has what refers to it. Change that first, delete both together, or send `force=true`, which leaves an error there.",
  too_large:
    "A JSON body may have 1 MiB. A body through the gateway has no such limit, unless a credential signs it: then it may have 1 MiB too.",
  unsupported_media_type: "Send `Content-Type: application/json`.",
  idempotency_mismatch: "Use a new `Idempotency-Key` for a new request, and the same body for a repeated one.",
  template_unresolved:
    "`message` names the placeholder. Give the environment that variable, or mend the base URL or the address of the call.",
  credential_unusable: "`message` says what stands in the way, such as a line break. Store the secret again without it.",
  action_incomplete: "`fields` has every error of the action. Mend it in a draft; publishing a version refuses such actions.",
  definition_unusable: "Look at the `errors` of the definition, and give it what it refers to.",
  too_costly: "Make the file or the schema smaller: fewer levels, fewer alternatives, simpler patterns.",
  variable_refused: "Leave variables that decide the host out of `Mooring-Variables`; make an environment for another host.",
  query_refused:
    "`message` has BigQuery's words, with the place in the query where it says one. Mend the query, or give its account the right.",
  frozen: "Somebody has stopped calls on purpose. Ask them.",
  reauth_required: "Let the person sign in at the outside system again.",
  too_many_requests: "Wait as long as `Retry-After` says.",
  internal: "A fault of Mooring's. Give its operator the `Mooring-Request-Id`, which finds it in the log.",
  upstream_unreachable:
    "Check the base URL, and that the outside system is up and has a valid certificate. `message` says how far the call came.",
  upstream_timeout: "The outside system may have acted all the same: check before you send it again.",
  token_unavailable:
    "`message` says why no token could be obtained. Wait as long as `Retry-After` says; if it stays so, look at the credential's client and token URL.",
  overloaded: "Wait as long as `Retry-After` says, and send it again.",
  database_unavailable: "Nothing was changed, unless the connection broke during the commit: read before you send it again.",
};

const introduction = `# Errors of the API

Every failure has the same shape:

\`\`\`json
{
  "code": "invalid_request",
  "message": "The request is invalid; each fault is listed in fields.",
  "fields": [{ "field": "environments[0].credentials.action[1].authSchemeConfig.name", "message": "This is required." }]
}
\`\`\`

- \`code\` is for programs and stays as it is. \`message\` is for people, says what to do, and may change.
- \`fields\` lists every fault of the request at once, so that one more try is enough.
- No failure shows a secret, SQL or a stack.
- Every answer carries \`Mooring-Request-Id\`.

This page is made from the table that the program answers with, by \`npm run docs:errors\`.
`;

const rules = `## Through the gateway

An answer of the gateway says in \`Mooring-Origin\` whose it is: \`upstream\` for the outside system's own, which is passed on as it is with
its own status and body, \`gateway\` for one of the codes above. When an answer has begun and then breaks off, the connection is closed, so
that half an answer never looks whole.

## Safe to send again?

- A change that was answered with a failure changed nothing, but for \`internal\` and \`database_unavailable\` read first.
- A POST with an \`Idempotency-Key\` may be sent again: for 24 hours the same request gets the same answer.
- The gateway sends nothing twice. After \`egress_denied\` and any 422, nothing was sent. After \`upstream_unreachable\` and \`upstream_timeout\`
  the outside system may have acted.
`;

if (import.meta.main) writeFileSync(join(import.meta.dirname, "../docs/api-errors.md"), errorsPage());

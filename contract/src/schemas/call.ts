import { type Static, Type } from "typebox";
import { object, timestamp, ulid, words } from "./fields.ts";
import { paging, strict } from "./page.ts";

/** Whose answer a call got: the outside system's own, one of the gateway, or none to its end because the caller went away. */
export const callOrigins = ["upstream", "gateway", "aborted"] as const;
export type CallOrigin = (typeof callOrigins)[number];

const originOf = words(callOrigins, {
  description:
    "Whose answer it was: `upstream`, the outside system's own; `gateway`, one of the gateway's; `aborted`, the caller went away or the answer broke off before its end.",
});

export const CallActor = object("CallActor", {
  type: words(["person", "api-key"], { description: "What kind of actor it was." }),
  id: Type.String({ description: "The person or key." }),
});
export type CallActor = Static<typeof CallActor>;

export const Call = object(
  "Call",
  {
    id: ulid("The call. It is the request's id, and sorts by when the call came."),
    at: timestamp("When it came."),
    actor: CallActor,
    connectionId: Type.Optional(Type.String({ description: "The connection that it named. Absent when that was no id." })),
    environmentId: Type.Optional(Type.String({ description: "The environment. Absent when it was refused before that was known." })),
    method: Type.String({ description: "As in `GET`." }),
    path: Type.String({
      description:
        "What it asked for below the base URL, with the names of the query's parameters and not their values. Cut at 2,000 characters.",
    }),
    status: Type.Optional(Type.Integer({ description: "The status that the caller was sent. Absent when the caller went away before." })),
    origin: originOf,
    code: Type.Optional(Type.String({ description: "What went wrong, as in the answer's `code`. Absent when nothing did." })),
    durationMs: Type.Number({ description: "From its arrival to the end of the answer, in milliseconds." }),
    requestBytes: Type.Integer({ description: "Bytes of the body that were read from the caller." }),
    responseBytes: Type.Integer({ description: "Bytes of the answer's body." }),
    attempts: Type.Integer({ description: "How often it was sent to the outside system. 0: it was refused." }),
    credentialIds: Type.Array(Type.String(), { description: "The credentials it was sent with, in the order they were applied." }),
    requestId: Type.String({ description: "As in the answer's `Mooring-Request-Id`." }),
  },
  { description: "One call through the gateway. Nothing of what was sent or answered." },
);
export type Call = Static<typeof Call>;

export const CallPage = object("CallPage", {
  next: Type.Optional(Type.String({ description: "Cursor for `after`: older calls. Absent when there are none." })),
  prev: Type.Optional(Type.String({ description: "Cursor for `before`: newer calls. Absent when there are none." })),
  items: Type.Array(Call, {
    description: "May be fewer than asked for, even none, while there is a `next`: one request looks through a bounded part of the record.",
  }),
});
export type CallPage = Static<typeof CallPage>;

/** What the list of calls takes beside a page. All of it must fit. */
export const CallsQuery = Type.Object(
  {
    ...paging,
    connection: Type.Optional(ulid("Only calls through this connection.")),
    environment: Type.Optional(ulid("Only calls through the environment with this id.")),
    actor: Type.Optional(ulid("Only calls of this person or key.")),
    method: Type.Optional(Type.String({ pattern: "^[A-Z-]{1,32}$", description: "Only calls with this method, in upper case." })),
    status: Type.Optional(
      Type.String({
        pattern: "^[1-5]([0-9]{2}|xx)$",
        description: "Only answers with this status, as in `404`, or of this class, as in `5xx`.",
      }),
    ),
    origin: Type.Optional(originOf),
    code: Type.Optional(Type.String({ pattern: "^[a-z_]{1,64}$", description: "Only failures with this code, as in `upstream_timeout`." })),
    from: Type.Optional(timestamp("Only calls that came at this time or later.")),
    to: Type.Optional(timestamp("Only calls that came before this time.")),
  },
  strict,
);
export type CallsQuery = Static<typeof CallsQuery>;

import { type Static, Type } from "typebox";
import { ErrorField } from "./error.ts";
import { object, timestamp, ulid, words } from "./fields.ts";

const places = words(["header", "query", "cookie"], { description: "Which part of the request." });
const whole = (description: string) => Type.Integer({ minimum: 0, description });

export const ExplainedProblem = object(
  "ExplainedProblem",
  {
    code: Type.String({ description: "The code that a call would answer with." }),
    message: Type.String({ description: "Made for people: what stands in the way and what to do about it." }),
    fields: Type.Optional(Type.Array(ErrorField, { description: "Every fault of the input." })),
  },
  { description: "Why a call would not be sent." },
);
export type ExplainedProblem = Static<typeof ExplainedProblem>;

export const ExplainedHeader = object("ExplainedHeader", {
  name: Type.String({ description: "As it leaves." }),
  value: Type.String({ description: "What a credential sets is `********`, behind its scheme where it has one." }),
});
export type ExplainedHeader = Static<typeof ExplainedHeader>;

export const ExplainedBody = object("ExplainedBody", {
  held: Type.Boolean({
    description: "Whether all of it would be held before anything leaves, because a credential signs it, or because the gateway writes it.",
  }),
  text: Type.Optional(Type.String({ description: "What it is, where that is a query." })),
  bytes: Type.Optional(whole("Its length, where the caller gave it.")),
});
export type ExplainedBody = Static<typeof ExplainedBody>;

export const ExplainedRequest = object(
  "ExplainedRequest",
  {
    method: Type.String({ description: "As it was sent." }),
    url: Type.String({ description: "With placeholders filled in, and `********` for what a credential sets in the query." }),
    headers: Type.Array(ExplainedHeader, { description: "In their order, without `Host` and what belongs to the connection." }),
    body: Type.Optional(ExplainedBody),
  },
  { description: "The request that would leave, masked." },
);
export type ExplainedRequest = Static<typeof ExplainedRequest>;

export const ExplainedPlace = object("ExplainedPlace", {
  in: places,
  name: Type.String({ description: "Of the header, query parameter or cookie." }),
});
export type ExplainedPlace = Static<typeof ExplainedPlace>;

export const ExplainedOverwriting = object(
  "ExplainedOverwriting",
  {
    in: places,
    name: Type.String({ description: "Of the header, query parameter or cookie." }),
    by: whole("Which step sets the same after it, counted from 0."),
  },
  { description: "What of a credential does not leave." },
);
export type ExplainedOverwriting = Static<typeof ExplainedOverwriting>;

export const ExplainedRenewal = object("ExplainedRenewal", {
  would: Type.Boolean({ description: "Whether a call made now would renew it, or begin to." }),
  why: Type.String({ description: "Made for people: why, or why not." }),
});
export type ExplainedRenewal = Static<typeof ExplainedRenewal>;

export const ExplainedToken = object(
  "ExplainedToken",
  {
    state: words(["ok", "expiring", "refreshing", "failing", "reauth_required"], { description: "How it is." }),
    ageSeconds: Type.Optional(whole("Since it was obtained.")),
    expiresAt: Type.Optional(timestamp("When it ends. Absent when the server did not say, or there is none yet.")),
    expiresInSeconds: Type.Optional(Type.Integer({ description: "Until then; negative when that has passed." })),
    renewal: ExplainedRenewal,
  },
  { description: "The token that the credential stands for." },
);
export type ExplainedToken = Static<typeof ExplainedToken>;

export const ExplainedStep = object(
  "ExplainedStep",
  {
    credential: object("ExplainedCredential", {
      id: ulid("The credential."),
      name: Type.Optional(Type.String({ description: "Its name." })),
    }),
    scheme: words(["none", "api-key", "basic-auth", "oauth2", "google-service-account", "hmac"], {
      description: "How it proves identity.",
    }),
    sets: Type.Array(ExplainedPlace, { description: "What it sets." }),
    signs: Type.Optional(
      Type.Array(words(["body", "url"]), {
        description: "What it signs, in this order, once all that is no signature is set. With `body`, the whole body is held first.",
      }),
    ),
    overwritten: Type.Optional(Type.Array(ExplainedOverwriting, { description: "What of it a later credential overwrites." })),
    token: Type.Optional(ExplainedToken),
    problem: Type.Optional(ExplainedProblem),
  },
  { description: "What one credential does to the request, or why it cannot." },
);
export type ExplainedStep = Static<typeof ExplainedStep>;

export const ExplainedEgress = object(
  "ExplainedEgress",
  {
    allowed: Type.Boolean({ description: "Whether a connection to it would be opened." }),
    origin: Type.String({ description: "Scheme, host and port." }),
    addresses: Type.Optional(Type.Array(Type.String(), { description: "What the host means, where all of that is on the internet." })),
    reason: Type.Optional(Type.String({ description: "Why it is refused." })),
  },
  { description: "What the egress policy says, asked without connecting." },
);
export type ExplainedEgress = Static<typeof ExplainedEgress>;

export const ExplainedDeadlines = object(
  "ExplainedDeadlines",
  {
    connectMs: whole("For the connection, its host's addresses included."),
    tlsMs: whole("For the TLS handshake."),
    headersMs: whole("From the sent request to the headers of the answer."),
    idleMs: whole("Between two parts of the answer's body."),
    totalMs: whole("For all of it."),
  },
  { description: "How long a call may take, `Mooring-Timeout-Ms` considered." },
);
export type ExplainedDeadlines = Static<typeof ExplainedDeadlines>;

export const ExplainedDrop = object("ExplainedDrop", {
  name: Type.String({ description: "The caller's header." }),
  why: Type.String({ description: "Made for people: why it does not go on." }),
});
export type ExplainedDrop = Static<typeof ExplainedDrop>;

export const Explanation = object(
  "Explanation",
  {
    wouldSend: Type.Boolean({ description: "Whether the same call to `proxy` would leave: nothing below stands in its way." }),
    request: Type.Optional(ExplainedRequest),
    problem: Type.Optional(ExplainedProblem),
    steps: Type.Array(ExplainedStep, { description: "One for each of the environment's action credentials, in their order." }),
    egress: Type.Optional(ExplainedEgress),
    deadlines: ExplainedDeadlines,
    dropped: Type.Array(ExplainedDrop, { description: "The caller's headers that do not go on." }),
  },
  { description: "What a call would come to. No secret is in it." },
);
export type Explanation = Static<typeof Explanation>;

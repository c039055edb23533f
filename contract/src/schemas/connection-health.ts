import { type Static, Type } from "typebox";
import { CredentialType, tokenStates } from "./credential.ts";
import { line, name, object, timestamp, ulid, words } from "./fields.ts";
import { ConnectionsQuery, pageInfo, paging, strict } from "./page.ts";
import { ProtocolType } from "./protocol.ts";

export const connectionHealths = ["ok", "failing", "attention", "unused"] as const;

export const Health = words(connectionHealths, {
  title: "Health",
  description:
    "`attention`: a person is needed, because a credential has to be signed in again; `failing`: more than half of the calls of the last hour failed, or a token cannot be renewed at present; `unused`: no call in the last 30 days; `ok`: none of these. The first that fits.",
});
export type Health = Static<typeof Health>;

export const AttentionCredential = object("AttentionCredential", {
  id: ulid("The credential."),
  name: name("Its name"),
  type: CredentialType,
});
export type AttentionCredential = Static<typeof AttentionCredential>;

export const attentionStates = ["reauth_required", "failing"] as const;

export const Attention = object(
  "Attention",
  {
    credential: AttentionCredential,
    state: words(attentionStates, {
      description: "`reauth_required`: somebody has to sign in; `failing`: its token cannot be renewed at present, and is tried again.",
    }),
    reason: Type.Optional(Type.String({ description: "Why." })),
  },
  { description: "A credential in use whose token is not well." },
);
export type Attention = Static<typeof Attention>;

const attention = Type.Array(Attention, { description: "Credentials whose tokens are not well: first those that wait for a person." });

const counted = {
  callsLastHour: Type.Integer({ minimum: 0, description: "Calls that came within the last 60 minutes, this one included." }),
  failuresLastHour: Type.Integer({
    minimum: 0,
    description:
      "How many of them failed for a reason that is not the caller's: an answer of the outside system with 5xx, 401 or 403, none at all, or a credential that could not be used.",
  }),
  lastCallAt: Type.Optional(timestamp("When the last call came. Absent: none was counted.")),
};

const environment = {
  id: ulid("The environment."),
  name: name("Its name"),
  slug: Type.String({ description: "Its name in kebab case." }),
  health: Health,
};

export const EnvironmentHealthSummary = object("EnvironmentHealthSummary", environment);
export type EnvironmentHealthSummary = Static<typeof EnvironmentHealthSummary>;

export const ConnectionSummary = object(
  "ConnectionSummary",
  {
    id: ulid("The connection."),
    name: name("Its name"),
    protocol: ProtocolType,
    address: Type.String({ description: "Its base URL, or its dataset." }),
    health: Health,
    attention,
    environments: Type.Array(EnvironmentHealthSummary, { description: "Its environments, in their order." }),
    ...counted,
    createdAt: timestamp("When it was created."),
    updatedAt: timestamp("When it or anything in it last changed."),
  },
  { description: "A connection as it stands in a list: what it is called, where it leads, and how it is doing." },
);
export type ConnectionSummary = Static<typeof ConnectionSummary>;

export const ConnectionSummaryPage = object("ConnectionSummaryPage", { ...pageInfo, items: Type.Array(ConnectionSummary) });
export type ConnectionSummaryPage = Static<typeof ConnectionSummaryPage>;

export const ConnectionSummariesQuery = Type.Object(
  {
    ...paging,
    sort: ConnectionsQuery.properties.sort,
    search: Type.Optional(
      Type.String({
        maxLength: 200,
        pattern: line(),
        description: "Only connections whose name, base URL or dataset contains this text, in any case.",
      }),
    ),
    protocol: Type.Optional(words(["http", "bigquery"], { description: "Only connections that are spoken to in this way." })),
    health: Type.Optional(words(connectionHealths, { description: "Only connections that are doing so." })),
  },
  strict,
);
export type ConnectionSummariesQuery = Static<typeof ConnectionSummariesQuery>;

export const credentialStates = ["untried", ...tokenStates] as const;

export const CredentialHealth = object(
  "CredentialHealth",
  {
    id: ulid("This use of the credential."),
    credentialId: ulid("The credential."),
    state: words(credentialStates, {
      description:
        "As the token's state, where there is one. Else `untried` until it was used, `failing` when the last try did not work, or `ok`.",
    }),
    reason: Type.Optional(Type.String({ description: "Why it does not work." })),
    lastUsedAt: Type.Optional(
      timestamp(
        "When the last call was sent with it in this environment; of a trigger's, when the last event passed there, as far as that is among the last 1,000 events of the connection. Absent: not known.",
      ),
    ),
  },
  { description: "How a credential is doing where it is used." },
);
export type CredentialHealth = Static<typeof CredentialHealth>;

export const EnvironmentHealth = object("EnvironmentHealth", {
  ...environment,
  ...counted,
  p95Ms: Type.Optional(
    Type.Number({ description: "How long 95 of 100 calls of the last hour took at most, within 10 %. Absent when there was none." }),
  ),
  credentials: object("EnvironmentCredentialsHealth", {
    action: Type.Array(CredentialHealth, { description: "In the order they are applied." }),
    trigger: Type.Array(CredentialHealth, { description: "In the order they are used to check what comes in." }),
  }),
});
export type EnvironmentHealth = Static<typeof EnvironmentHealth>;

export const ConnectionHealth = object(
  "ConnectionHealth",
  {
    health: Health,
    attention,
    environments: Type.Array(EnvironmentHealth, { description: "Its environments, in their order." }),
  },
  { description: "How a connection is doing, environment by environment." },
);
export type ConnectionHealth = Static<typeof ConnectionHealth>;

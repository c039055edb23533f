import { type Static, type TProperties, type TSchema, Type } from "typebox";
import { AuthSchemeType } from "./auth-scheme.ts";
import { ConnectionSummaryBase } from "./connection-summary.ts";
import {
  CredentialDataBasicAuth,
  CredentialDataBinary,
  CredentialDataNone,
  CredentialDataOAuth2Client,
  CredentialDataOAuth2Token,
  CredentialDataString,
} from "./credential-data.ts";
import { byPresenceOfId, ignored, name, object, oneOf, timestamp, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

export const credentialTypes = ["none", "string", "binary", "basic-auth", "oauth2-client", "oauth2-token"] as const;

export const CredentialType = words(credentialTypes, { title: "CredentialType", description: "What kind of secret it is. Never changes." });
export type CredentialType = Static<typeof CredentialType>;

export const CredentialUsageEnvironment = object("CredentialUsageEnvironment", {
  id: ulid("The environment."),
  name: name("Its name"),
  slug: Type.String({ description: "Its name in kebab case." }),
  connection: ConnectionSummaryBase,
  createdAt: timestamp("When it was created."),
  updatedAt: timestamp("When it last changed."),
});
export type CredentialUsageEnvironment = Static<typeof CredentialUsageEnvironment>;

export const CredentialUsage = object("CredentialUsage", { environment: CredentialUsageEnvironment });
export type CredentialUsage = Static<typeof CredentialUsage>;

export const CredentialUsages = Type.Array(CredentialUsage, { title: "CredentialUsages", description: "The environments that use it." });
export type CredentialUsages = Static<typeof CredentialUsages>;

const errors = Type.Optional(
  Type.Array(Type.String(), { description: "Absent until it was tried, empty when the last try worked, else why it did not." }),
);

export const tokenStates = ["ok", "expiring", "refreshing", "failing", "reauth_required"] as const;

export const CredentialToken = object(
  "CredentialToken",
  {
    state: words(tokenStates, {
      description:
        "`ok`; `expiring`: good, and renewed by the next call; `refreshing`: being renewed; `failing`: renewed again at `nextTryAt`; `reauth_required`: somebody has to sign in.",
    }),
    expiresAt: Type.Optional(timestamp("When it ends; absent when the server did not say.")),
    scopes: Type.Optional(Type.Array(Type.String(), { description: "As granted; absent when the server did not say." })),
    nextTryAt: Type.Optional(timestamp("When it is tried again, after a renewal that failed.")),
    reason: Type.Optional(Type.String({ description: "Why it was not renewed." })),
  },
  { description: "The access token of an OAuth 2.0 credential or service account, once there was one." },
);
export type CredentialToken = Static<typeof CredentialToken>;

const token = Type.Optional(CredentialToken);

const label = name("What people call the credential");

const read = <Kind extends CredentialType, Data extends TSchema, More extends TProperties = Record<never, never>>(
  title: string,
  type: Kind,
  data: Data,
  more: More = {} as More,
) =>
  object(title, {
    id: ulid("The credential."),
    type: Type.Literal(type),
    name: label,
    data,
    usages: Type.Optional(CredentialUsages),
    errors,
    token,
    ...more,
    createdAt: timestamp("When it was created."),
    updatedAt: timestamp("When it last changed."),
  });

/** Of secrets that check what comes in: the one before is good for a time beside the new one, while senders change theirs. */
const overlap = {
  previousValidUntil: Type.Optional(
    timestamp("Until when the secret before this one is good too for what comes in. Absent: there is none that is."),
  ),
};

export const CredentialNone = read("CredentialNone", "none", CredentialDataNone);
export const CredentialString = read("CredentialString", "string", CredentialDataString, overlap);
export const CredentialBinary = read("CredentialBinary", "binary", CredentialDataBinary, overlap);
export const CredentialBasicAuth = read("CredentialBasicAuth", "basic-auth", CredentialDataBasicAuth, overlap);
export const CredentialOAuth2Client = read("CredentialOAuth2Client", "oauth2-client", CredentialDataOAuth2Client);
export const CredentialOAuth2Token = read("CredentialOAuth2Token", "oauth2-token", CredentialDataOAuth2Token);

export const Credential = oneOf(
  "Credential",
  "type",
  [CredentialNone, CredentialString, CredentialBinary, CredentialBasicAuth, CredentialOAuth2Client, CredentialOAuth2Token],
  "A secret of the organisation, as it reads: every secret value is masked.",
);
export type Credential = Static<typeof Credential>;

const create = <Kind extends CredentialType, Data extends TSchema>(title: string, type: Kind, data: Data) =>
  object(title, { name: label, type: Type.Literal(type), data });

export const CredentialNoneCreate = create("CredentialNoneCreate", "none", CredentialDataNone);
export const CredentialStringCreate = create("CredentialStringCreate", "string", CredentialDataString);
export const CredentialBinaryCreate = create("CredentialBinaryCreate", "binary", CredentialDataBinary);
export const CredentialBasicAuthCreate = create("CredentialBasicAuthCreate", "basic-auth", CredentialDataBasicAuth);
export const CredentialOAuth2ClientCreate = create("CredentialOAuth2ClientCreate", "oauth2-client", CredentialDataOAuth2Client);
export const CredentialOAuth2TokenCreate = create("CredentialOAuth2TokenCreate", "oauth2-token", CredentialDataOAuth2Token);

export const CredentialCreate = oneOf(
  "CredentialCreate",
  "type",
  [
    CredentialNoneCreate,
    CredentialStringCreate,
    CredentialBinaryCreate,
    CredentialBasicAuthCreate,
    CredentialOAuth2ClientCreate,
    CredentialOAuth2TokenCreate,
  ],
  "A new secret; `type` says which `data` it has.",
);
export type CredentialCreate = Static<typeof CredentialCreate>;

const update = <Kind extends CredentialType, Data extends TSchema, More extends TProperties = Record<never, never>>(
  title: string,
  type: Kind,
  data: Data,
  more: More = {} as More,
) =>
  object(title, {
    id: ulid("The credential; must be the one in the path."),
    type: Type.Literal(type),
    name: label,
    data,
    usages: ignored(),
    errors: ignored(),
    token: ignored(),
    ...more,
    createdAt: ignored(),
    updatedAt: ignored(),
  });

const overlapOnUpdate = {
  previousValidSeconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30 * 24 * 3600,
      description: "How long the secret that this update replaces is good too for what comes in. Left out or 0: it ends at once.",
    }),
  ),
  previousValidUntil: ignored(),
};

export const CredentialNoneUpdate = update("CredentialNoneUpdate", "none", CredentialDataNone);
export const CredentialStringUpdate = update("CredentialStringUpdate", "string", CredentialDataString, overlapOnUpdate);
export const CredentialBinaryUpdate = update("CredentialBinaryUpdate", "binary", CredentialDataBinary, overlapOnUpdate);
export const CredentialBasicAuthUpdate = update("CredentialBasicAuthUpdate", "basic-auth", CredentialDataBasicAuth, overlapOnUpdate);
export const CredentialOAuth2ClientUpdate = update("CredentialOAuth2ClientUpdate", "oauth2-client", CredentialDataOAuth2Client);
export const CredentialOAuth2TokenUpdate = update("CredentialOAuth2TokenUpdate", "oauth2-token", CredentialDataOAuth2Token);

export const CredentialUpdate = oneOf(
  "CredentialUpdate",
  "type",
  [
    CredentialNoneUpdate,
    CredentialStringUpdate,
    CredentialBinaryUpdate,
    CredentialBasicAuthUpdate,
    CredentialOAuth2ClientUpdate,
    CredentialOAuth2TokenUpdate,
  ],
  "A `Credential` as it is sent back; a masked value keeps what is stored.",
);
export type CredentialUpdate = Static<typeof CredentialUpdate>;

export const InferredReference = object("InferredReference", { id: ulid("Something that exists already.") });
export type InferredReference = Static<typeof InferredReference>;

export const CredentialCreateOrReference = byPresenceOfId(
  "CredentialCreateOrReference",
  InferredReference,
  CredentialCreate,
  "A new credential, or the `id` of one that the organisation already has.",
);
export type CredentialCreateOrReference = Static<typeof CredentialCreateOrReference>;

export const CredentialSummary = object("CredentialSummary", {
  id: ulid("The credential."),
  type: CredentialType,
  name: label,
  authSchemeType: AuthSchemeType,
  usages: Type.Optional(CredentialUsages),
  errors,
  token,
  updatedAt: timestamp("When it last changed."),
});
export type CredentialSummary = Static<typeof CredentialSummary>;

export const CredentialsPage = object("CredentialsPage", { ...pageInfo, credentials: Type.Array(CredentialSummary) });
export type CredentialsPage = Static<typeof CredentialsPage>;

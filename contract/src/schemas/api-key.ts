import { type Static, Type } from "typebox";
import { name, object, timestamp, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

/** Everything that an API key or a role can be allowed to do. */
export const scopes = [
  "connections:read",
  "connections:write",
  "secrets:write",
  "gateway:call",
  "events:read",
  "events:write",
  "organisation:admin",
] as const;

export const Scope = words(scopes, { title: "Scope", description: "Something that a key or a role is allowed to do." });
export type Scope = Static<typeof Scope>;

const only = (what: string) =>
  Type.Optional(
    Type.Array(ulid(`The id of one of the ${what}.`), {
      minItems: 1,
      maxItems: 200,
      uniqueItems: true,
      description: `Only these ${what}. Left out: all of them.`,
    }),
  );

const grant = {
  name: name("What the key is for"),
  scopes: Type.Array(Scope, { minItems: 1, maxItems: scopes.length, uniqueItems: true, description: "What the key may do." }),
  connections: only("connections"),
  environments: only("environments"),
  expiresAt: Type.Optional(timestamp("When it stops working. Left out: never.")),
};

const apiKey = {
  id: ulid("The key."),
  ...grant,
  prefix: Type.String({ description: "How the key begins, to tell it from others." }),
  lastUsedAt: Type.Optional(timestamp("When it was last used, to the minute. Absent: never.")),
  createdAt: timestamp("When it was created."),
};

export const ApiKey = object("ApiKey", apiKey, { description: "A key for programs. Its secret is not kept and cannot be read." });
export type ApiKey = Static<typeof ApiKey>;

export const ApiKeyCreate = object("ApiKeyCreate", grant);
export type ApiKeyCreate = Static<typeof ApiKeyCreate>;

export const ApiKeyCreated = object("ApiKeyCreated", {
  ...apiKey,
  key: Type.String({ description: "For `Authorization: Bearer`. Shown once." }),
});
export type ApiKeyCreated = Static<typeof ApiKeyCreated>;

export const ApiKeyPage = object("ApiKeyPage", { ...pageInfo, items: Type.Array(ApiKey) });
export type ApiKeyPage = Static<typeof ApiKeyPage>;

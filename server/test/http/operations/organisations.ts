import type { ApiKeyCreated } from "@mooring/contract";
import { expect } from "vitest";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

const nothing = async () => ({});
const everyMember = { absent: "Every member may; whoever is none gets the answer of an unknown organisation." };
const noIds = { absent: "The path names nothing that could be another organisation's." };

export const protocolScenarios = {
  ListProtocols: five<"ListProtocols", object>({
    given: nothing,
    happy: () => ({}),
    after: ({ body }) => expect(body.protocols.map(({ slug }) => slug).sort()).toEqual(["bigquery", "http"]),
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  ListAuthSchemes: five<"ListAuthSchemes", object>({
    given: nothing,
    happy: () => ({ params: { protocol_slug: "http" } }),
    after: ({ body }) =>
      expect(body.authSchemes.map(({ type }) => type).sort()).toEqual(["api-key", "basic-auth", "hmac", "none", "oauth2"]),
    invalid: { send: () => ({ params: { protocol_slug: "http" }, query: { first: 1 } }), fields: ["first"] },
    forbidden: "gatewayKey",
  }),
};

export const organisationScenarios = {
  ListOrganisations: five<"ListOrganisations", object>({
    as: "stranger",
    given: nothing,
    happy: () => ({}),
    after: ({ body }) => expect(body).toMatchObject({ totalCount: 1, items: [{ name: "Strangers" }] }),
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: { absent: "Everybody who is known may list the organisations that they belong to." },
    foreign: noIds,
  }),
  CreateOrganisation: five<"CreateOrganisation", object>({
    as: "owner",
    given: nothing,
    happy: () => ({ body: { name: "Second" } }),
    after: async ({ body }, _given, world) => {
      const owner = await world.as("owner");
      const { body: members } = await world.must(owner, "ListMembers", { params: { organisation_id: body.id } });
      expect(members).toMatchObject({ totalCount: 1, items: [{ id: owner.id, role: "owner" }] });
    },
    invalid: { send: () => ({ body: { name: "\t", id: "x" } }), fields: ["id", "name"] },
    forbidden: "key",
    foreign: noIds,
  }),
  GetOrganisation: five<"GetOrganisation", object>({
    given: nothing,
    happy: () => ({}),
    after: async ({ body }, _given, world) => expect(body.id).toBe((await world.as("key")).org),
    invalid: { send: () => ({ query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: everyMember,
  }),
  UpdateOrganisation: five<"UpdateOrganisation", { name: string }>({
    given: async (world) => ({ name: `Renamed ${world.newId()}` }),
    happy: ({ name }) => ({ body: { name } }),
    after: ({ body }, { name }) => expect(body.name).toBe(name),
    invalid: { send: () => ({ body: { title: "x" } }), fields: ["name", "title"] },
    forbidden: "developer",
  }),
};

const member = async (world: World) => ({ params: { user_id: await world.member("viewer") } });
type MemberSituation = Awaited<ReturnType<typeof member>>;

/** An invitation, and what only its maker was shown. */
const invitation = async (world: World, email = `${world.newId().toLowerCase()}@example.com`) => {
  const { body } = await world.must(await world.as("key"), "CreateInvitation", { body: { email, role: "developer" } });
  const token = new URL(body.url).hash.replace("#token=", "");
  world.shownOnce.push(token);
  return { id: body.id, email, token };
};
type InvitationSituation = Awaited<ReturnType<typeof invitation>>;

export const memberScenarios = {
  ListMembers: five<"ListMembers", MemberSituation>({
    given: member,
    happy: () => ({ query: { first: 1 } }),
    after: ({ body }, { params }) => expect(body.items).toMatchObject([{ id: params.user_id, role: "viewer" }]),
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: everyMember,
  }),
  GetMember: five<"GetMember", MemberSituation>({
    given: member,
    happy: (situation) => situation,
    after: ({ body }, { params }) =>
      expect(body).toMatchObject({ id: params.user_id, role: "viewer", scopes: ["connections:read", "events:read"] }),
    invalid: { send: (situation) => ({ ...situation, query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: everyMember,
  }),
  UpdateMember: five<"UpdateMember", MemberSituation>({
    as: "owner",
    given: member,
    happy: (situation) => ({ ...situation, body: { role: "developer" } }),
    after: ({ body }) => expect(body).toMatchObject({ role: "developer", scopes: expect.arrayContaining(["gateway:call"]) }),
    invalid: { send: (situation) => ({ ...situation, body: { role: "king", rank: 1 } }), fields: ["rank", "role"] },
    forbidden: "developer",
  }),
  RemoveMember: five<"RemoveMember", MemberSituation>({
    given: member,
    happy: (situation) => situation,
    after: async (_answer, situation, world) => {
      expect((await world.send(await world.as("key"), "GetMember", situation)).status).toBe(404);
    },
    invalid: { send: (situation) => ({ ...situation, query: { force: true } }), fields: ["force"] },
    forbidden: "developer",
  }),
  ListInvitations: five<"ListInvitations", InvitationSituation>({
    given: (world) => invitation(world),
    happy: () => ({ query: { first: 1 } }),
    after: ({ body, text }, { id, token }) => {
      expect(body.items.map((item) => item.id)).toEqual([id]);
      expect(text).not.toContain(token);
    },
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: "developer",
  }),
  CreateInvitation: five<"CreateInvitation", { email: string }>({
    given: async (world) => ({ email: `${world.newId().toLowerCase()}@example.com` }),
    happy: ({ email }) => ({ body: { email, role: "viewer" } }),
    after: ({ body }, { email }, world) => {
      world.shownOnce.push(new URL(body.url).hash.replace("#token=", ""));
      expect(body).toMatchObject({ email, role: "viewer" });
    },
    invalid: { send: () => ({ body: { email: "nobody", role: "king" } }), fields: ["email", "role"] },
    forbidden: "developer",
  }),
  DeleteInvitation: five<"DeleteInvitation", InvitationSituation>({
    given: (world) => invitation(world),
    happy: ({ id }) => ({ params: { invitation_id: id } }),
    after: async (_answer, { token }, world) => {
      const body = { token, name: "Late", password: "long enough to be one" };
      expect((await world.send(await world.as("nobody"), "AcceptInvitation", { body })).status).toBe(404);
    },
    invalid: { send: ({ id }) => ({ params: { invitation_id: id }, query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "developer",
  }),
  AcceptInvitation: five<"AcceptInvitation", InvitationSituation>({
    as: "nobody",
    given: (world) => invitation(world),
    happy: ({ token }) => ({ body: { token, name: "New", password: "long enough to be one" } }),
    after: async ({ body }, { email, token }, world) => {
      expect(body.member).toMatchObject({ email, role: "developer", name: "New" });
      const again = { token, name: "Again", password: "long enough to be one" };
      expect((await world.send(await world.as("nobody"), "AcceptInvitation", { body: again })).status).toBe(404);
    },
    invalid: { send: ({ token }) => ({ body: { token: `${token} `, password: "short" } }), fields: ["name", "password", "token"] },
    unauthenticated: { absent: "Whoever holds the token is let in: that is how people come to have an account." },
    forbidden: "key",
    foreign: noIds,
  }),
};

const apiKey = async (world: World) => {
  const { id } = await createConnection(world, smallConnection());
  const { body } = await world.must(await world.as("key"), "CreateApiKey", {
    body: { name: "one", scopes: ["connections:read"], connections: [id] },
  });
  world.shownOnce.push(body.key);
  return { key: body, params: { api_key_id: body.id } };
};
type KeySituation = { key: ApiKeyCreated; params: { api_key_id: string } };

export const apiKeyScenarios = {
  ListApiKeys: five<"ListApiKeys", KeySituation>({
    given: apiKey,
    happy: () => ({ query: { first: 1 } }),
    after: ({ body, text }, { key }) => {
      expect(body.items.map(({ id }) => id)).toEqual([key.id]);
      expect(text).not.toContain(key.key);
    },
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: "developer",
  }),
  CreateApiKey: five<"CreateApiKey", object>({
    given: nothing,
    happy: () => ({ body: { name: "two", scopes: ["gateway:call"] } }),
    after: ({ body }, _given, world) => {
      world.shownOnce.push(body.key);
      expect(body.key).toMatch(/^moor_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    },
    invalid: { send: () => ({ body: { scopes: ["everything"], connections: [] } }), fields: ["connections", "name", "scopes[0]"] },
    forbidden: "developer",
  }),
  GetApiKey: five<"GetApiKey", KeySituation>({
    given: apiKey,
    happy: ({ params }) => ({ params }),
    after: ({ body }, { key: { key, ...rest } }) => {
      expect(body).toEqual(rest);
      expect(JSON.stringify(body)).not.toContain(key);
    },
    invalid: { send: ({ params }) => ({ params, query: { show: true } }), fields: ["show"] },
    forbidden: "developer",
  }),
  DeleteApiKey: five<"DeleteApiKey", KeySituation>({
    given: apiKey,
    happy: ({ params }) => ({ params }),
    after: async (_answer, { key }, world) => {
      const revoked = { name: "revoked", org: (await world.as("key")).org, headers: { authorization: `Bearer ${key.key}` } };
      expect((await world.send(revoked, "ListConnections")).status).toBe(401);
    },
    invalid: { send: ({ params }) => ({ params, query: { force: true } }), fields: ["force"] },
    forbidden: "developer",
  }),
};

export const auditScenarios = {
  ListAudit: five<"ListAudit", { id: string }>({
    given: (world) => createConnection(world),
    happy: () => ({ query: { first: 1 } }),
    after: ({ body }, { id }) => expect(body.items).toMatchObject([{ operation: "connection.created", subject: { id } }]),
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: "developer",
  }),
};

import { secretMask } from "@mooring/contract";
import { expect } from "vitest";
import { createCredential, credentialOf } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

const given = (world: World) => createCredential(world);
type Given = Awaited<ReturnType<typeof given>>;
const one = ({ id }: { id: string }) => ({ params: { credential_id: id } });

export const credentialScenarios = {
  CreateCredential: five<"CreateCredential", object>({
    given: async () => ({}),
    happy: () => ({ body: credentialOf["basic-auth"]() }),
    after: ({ body }) => expect(body).toMatchObject({ type: "basic-auth", data: { username: "sam", password: secretMask } }),
    invalid: {
      send: () => ({ body: { type: "basic-auth", data: { user: "sam" } } }),
      fields: ["data.password", "data.user", "data.username", "name"],
    },
    forbidden: "writeKey",
  }),
  ListCredentials: five<"ListCredentials", Given>({
    given,
    happy: () => ({ query: { first: 1 } }),
    after: ({ body }, { id }) => {
      expect(body.credentials.map((credential) => credential.id)).toEqual([id]);
      expect(body.credentials[0]).not.toHaveProperty("data");
    },
    invalid: { send: () => invalidPage.send({}), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  GetCredential: five<"GetCredential", Given>({
    given,
    happy: one,
    after: ({ body }, credential) => expect(body).toEqual(credential),
    invalid: { send: (credential) => ({ ...one(credential), query: { unmask: true } }), fields: ["unmask"] },
    forbidden: "gatewayKey",
  }),
  UpdateCredential: five<"UpdateCredential", Given>({
    given,
    happy: (credential) => ({ ...one(credential), body: { ...credential, name: "renamed" } }),
    after: ({ body }) => expect(body).toMatchObject({ name: "renamed", data: { value: secretMask } }),
    invalid: {
      send: (credential) => ({ ...one(credential), body: { ...credential, name: " ", data: {} } }),
      fields: ["data.value", "name"],
    },
    forbidden: "writeKey",
  }),
  DeleteCredential: five<"DeleteCredential", Given>({
    given,
    happy: one,
    after: async (_answer, credential, world) => {
      expect((await world.send(await world.as("key"), "GetCredential", one(credential))).status).toBe(404);
    },
    invalid: { send: (credential) => ({ ...one(credential), query: { force: true } }), fields: ["force"] },
    forbidden: "viewer",
  }),
};

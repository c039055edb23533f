import { expect } from "vitest";
import { startCodeServer } from "../../harness/code-server.ts";
import { at, readConnection } from "../../harness/samples.ts";
import { begin, signInConnection } from "../../harness/sign-in.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

const given = async (world: World) => {
  const tokenServer = await startCodeServer();
  return { tokenServer, ...(await signInConnection(world, tokenServer)) };
};
type Given = Awaited<ReturnType<typeof given>>;

const inProgress = async (world: World) => {
  const situation = await given(world);
  return { ...situation, ...(await begin(world, situation)) };
};
type InProgress = Awaited<ReturnType<typeof inProgress>>;

export const oauth2Scenarios = {
  InitialiseOAuth2Connection: five<"InitialiseOAuth2Connection", Given>({
    given,
    happy: ({ params, body }) => ({ params, body }),
    after: ({ body, headers }) => {
      expect(new URL(body.url).searchParams.get("code_challenge_method")).toBe("S256");
      expect(headers.getSetCookie()).toHaveLength(1);
    },
    invalid: {
      send: ({ params, body }) => ({
        params,
        body: { ...body, clientId: "another", authorizeUrl: "https://elsewhere.example.com/authorize", additionalParams: "state=x" },
      }),
      fields: ["additionalParams", "authorizeUrl", "clientId"],
    },
    forbidden: "writeKey",
  }),
  HandleOAuth2ConnectionCallback: five<"HandleOAuth2ConnectionCallback", InProgress>({
    given: inProgress,
    happy: ({ state, cookie }) => ({ query: { code: "a-code", state }, headers: { cookie } }),
    after: async (_answer, { params, tokenServer }, world) => {
      expect(tokenServer.exchanges).toMatchObject([{ grant_type: "authorization_code", code: "a-code" }]);
      const { environments } = await readConnection(world, params.connection_id);
      const { credential } = at(at(environments, 0).credentials.action ?? [], 0);
      expect(credential.data).toHaveProperty("accessToken");
    },
    invalid: { send: () => ({ query: { iss: "" } }), fields: ["code", "iss", "state"] },
    unauthenticated: { absent: "The cookie of the browser that began is what lets in, and another test takes it away." },
    forbidden: "gatewayKey",
    foreign: { absent: "An organisation without this state answers like one that is not there, and like this one without it." },
  }),
};

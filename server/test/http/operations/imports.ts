import { expect } from "vitest";
import { importForm, smallApi } from "../../harness/forms.ts";
import { five } from "./five.ts";

const upload = {
  params: { protocol_slug: "http" },
  query: { filename: "api.json", content_type: "application/json", content_length: 100 },
};

export const importScenarios = {
  ImportHTTPConnection: five<"ImportHTTPConnection", undefined>({
    given: async () => undefined,
    happy: () => importForm(smallApi()),
    after: ({ body }) => {
      expect(body.connection).toMatchObject({ name: "Orders", environments: [{ name: "default" }], versions: [{ name: "1" }] });
      expect(body.actions.map(({ name }) => name)).toEqual(["putOrder"]);
      expect(body.definitions.map(({ name }) => name)).toEqual(["Line", "Order"]);
    },
    invalid: {
      send: () => importForm(smallApi(), { format: "openapi 3", connection: "x", nonsense: true }),
      fields: ["metadata.connection", "metadata.format", "metadata.nonsense"],
    },
    forbidden: "viewer",
  }),
  GetProtocolUploadURL: five<"GetProtocolUploadURL", { tokens: string[] }>({
    given: async (world) => ({ tokens: world.shownOnce }),
    happy: () => upload,
    after: ({ body }, { tokens }) => {
      tokens.push(body.uploadUrl.split("/").at(-1) ?? "");
      expect(new URL(body.uploadUrl).origin).toBe(new URL(body.url).origin);
    },
    invalid: {
      send: () => ({ ...upload, query: { filename: "", content_length: 0, nonsense: 1 } }),
      fields: ["content_length", "content_type", "filename", "nonsense"],
    },
    forbidden: "viewer",
  }),
};

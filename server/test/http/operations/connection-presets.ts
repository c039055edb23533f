import { expect } from "vitest";
import { five } from "./five.ts";

export const connectionPresetScenarios = {
  ListConnectionPresets: five<"ListConnectionPresets", object>({
    given: async () => ({}),
    happy: () => ({}),
    after: ({ body }) => expect(body.presets.map(({ slug }) => slug)).toContain("github"),
    invalid: { send: () => ({ query: { first: 1 } }), fields: ["first"] },
    forbidden: { absent: "Every member may know which APIs are well known." },
  }),
};

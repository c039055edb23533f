import type { Explanation } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { fitsServed } from "../../../contract/test/validators.ts";
import { type ActionRig, type AskOptions, actionRig, linkTo, storedAction, storedDefinition } from "./action-rig.ts";
import { apiKey, canary } from "./rig.ts";

const body = storedDefinition({ type: "object", required: ["a"] });
const action = storedAction(
  {
    method: "PUT",
    path: "/a/{{ param.id }}",
    parameters: [
      { name: "id", in: "path", required: true, type: "string" },
      { name: "sid", in: "cookie", required: false, type: "string" },
    ],
    requestBody: { required: true, definitions: [linkTo(body)] },
  },
  { definitions: [body] },
);
const broken = storedAction({}, { errors: [{ field: "/path", message: "Mend it.", severity: "error" }] });

async function explained(made: ActionRig, name: string, input: unknown, options?: AskOptions): Promise<Explanation> {
  const answer = await made.explain(name, input, options);
  expect(answer, answer.body.toString()).toMatchObject({ status: 200, headers: { "mooring-origin": "gateway" } });
  expect(answer.body.toString()).not.toContain(canary);
  const told = JSON.parse(answer.body.toString()) as Explanation;
  expect(fitsServed("Explanation", told).errors).toEqual([]);
  return told;
}

describe("an explanation of a call of an action", () => {
  it("is the request that would leave, masked, and sends nothing; and that is what leaves", async () => {
    const credentials = [apiKey("query", "key"), apiKey("cookie", "session")];
    const made = await actionRig({ actions: { action }, snapshot: { credentials } });
    const input = { parameters: { id: "a b", sid: "1" }, body: { a: 1 } };
    const headers = ["Accept", "*/*", "X-Mine", "1", "Mooring-Retries", "1"];
    const told = await explained(made, "action", input, { headers });
    expect(made.seen).toEqual([]);
    expect(told).toMatchObject({
      wouldSend: true,
      request: { method: "PUT", url: `${made.base}/a/a%20b?key=********`, body: { held: true, bytes: 7 } },
    });
    expect(told.dropped.map(({ name }) => name).sort()).toEqual(["Connection", "Content-Type", "Host", "Mooring-Retries", "X-Mine"]);
    await made.invoke("action", input, { headers });
    const sent = made.seen[0]?.rawHeaders.filter((_, at) => at % 2 === 0).slice(2);
    expect(told.request?.headers.map(({ name }) => name)).toEqual(sent);
    expect(told.request?.headers.find(({ name }) => name === "Cookie")?.value).toBe("sid=1; session=********");
  });

  it.each([
    {
      name: "faults of the input",
      action: "action",
      input: { parameters: { nope: 1 }, body: {} },
      code: "invalid_request",
      fields: ["parameters.id", "parameters.nope", "body.a"],
    },
    { name: "an action with errors", action: "broken", input: {}, code: "action_incomplete", fields: ["/path"] },
  ])("tells $name as the problem", async ({ action: name, input, code, fields }) => {
    const told = await explained(await actionRig({ actions: { action, broken } }), name, input);
    expect(told).toMatchObject({ wouldSend: false, problem: { code } });
    expect(told.problem?.fields?.map(({ field }) => field).sort()).toEqual([...fields].sort());
    expect(told.request).toBeUndefined();
  });

  it("tells of a placeholder without a value, and is 404 for an unknown action", async () => {
    const made = await actionRig({ actions: { action: storedAction({ path: "/{{ env.gone }}" }) } });
    expect(await explained(made, "action", {})).toMatchObject({ wouldSend: false, problem: { code: "template_unresolved" } });
    expect(await made.explain("other", {})).toMatchObject({ status: 404 });
  });
});

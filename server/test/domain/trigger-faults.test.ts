import type { TriggerHTTPParameter } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import type { TriggerDocument } from "../../src/domain/trigger.ts";
import { triggerFaults } from "../../src/domain/trigger-faults.ts";
import { type DefinitionId, idOf } from "../../src/kernel/ids.ts";

const [order, xml] = [idOf<DefinitionId>("order"), idOf<DefinitionId>("xml")];
const definitions = new Map([
  [order, { accept: ["application/json"] }],
  [xml, { accept: ["text/xml", "application/json"] }],
]);
const trigger = (changes: Partial<TriggerDocument> = {}): TriggerDocument => ({
  type: "http",
  method: "POST",
  parameters: [],
  responses: [],
  ...changes,
});
const parameter = (changes: Partial<TriggerHTTPParameter> = {}): TriggerDocument =>
  trigger({ parameters: [{ name: "x-topic", in: "header", required: false, type: "string", ...changes }] });
const faultsOf = (document: TriggerDocument) =>
  triggerFaults(document, definitions).map(({ field, severity }) => (severity === "error" ? field : `${severity} ${field}`));

describe("what is wrong with a trigger", () => {
  const link = { id: order };
  test.each<{ what: string; document: TriggerDocument; faults: string[] }>([
    { what: "nothing, of the smallest", document: trigger(), faults: [] },
    { what: "nothing, of one with a body", document: trigger({ requestBody: { required: true, definitions: [link] } }), faults: [] },
    { what: "a method of the way", document: trigger({ method: "CONNECT" }), faults: ["/method"] },
    {
      what: "a body that comes with GET",
      document: trigger({ method: "GET", requestBody: { required: false, definitions: [] } }),
      faults: ["warning /requestBody"],
    },
    ...(
      [
        ["nothing, of a challenge in the body", { in: "body", name: "/challenge" }, []],
        ["nothing, of names in a pointer that are written with ~", { in: "body", name: "/a~1b/~0//0" }, []],
        ["a challenge that is the whole body", { in: "body", name: "" }, ["/challenge/name"]],
        ["a challenge by a name and no pointer", { in: "body", name: "challenge" }, ["/challenge/name"]],
        ["a challenge by a pointer with a ~ alone", { in: "body", name: "/a~2" }, ["/challenge/name"]],
        ["nothing, of a challenge in the query", { in: "query", name: "hub.challenge" }, []],
        ["a challenge in the query without a name", { in: "query", name: "" }, ["/challenge/name"]],
        ["a challenge with a line break in its name", { in: "query", name: "a\nb" }, ["/challenge/name"]],
      ] as const
    ).map(([what, challenge, faults]) => ({ what, document: trigger({ challenge }), faults: [...faults] })),
    {
      what: "a challenge in a body that comes with GET",
      document: trigger({ method: "GET", challenge: { in: "body", name: "/challenge" } }),
      faults: ["warning /challenge/in"],
    },
    {
      what: "nothing, of one that comes with GET",
      document: trigger({ method: "GET", challenge: { in: "query", name: "a" } }),
      faults: [],
    },
    {
      what: "two definitions for one media type",
      document: trigger({ requestBody: { required: true, definitions: [link, { id: xml }] } }),
      faults: ["/requestBody/definitions/1"],
    },
    {
      what: "links that lead nowhere",
      document: trigger({
        requestBody: { required: true, definitions: [{ missing: "Gone" }] },
        responses: [{ status: 200, definitions: [{ id: idOf<DefinitionId>("none") }] }],
      }),
      faults: ["/requestBody/definitions/0", "/responses/0/definitions/0"],
    },
    {
      what: "two answers with one status, two without any, and one that is no status",
      document: trigger({
        responses: [
          { status: 200, definitions: [] },
          { status: 200, definitions: [] },
          { definitions: [] },
          { definitions: [] },
          { status: 99, definitions: [] },
        ],
      }),
      faults: ["/responses/1/status", "/responses/3", "/responses/4/status"],
    },
    {
      what: "no answer for what is kept",
      document: trigger({ responses: [{ status: 400, definitions: [] }] }),
      faults: ["warning /responses"],
    },
    { what: "nothing where one answer stands for all", document: trigger({ responses: [{ definitions: [link] }] }), faults: [] },
    {
      what: "a body where there is none, and an answer that is not the last",
      document: trigger({
        responses: [
          { status: 204, definitions: [link] },
          { status: 102, definitions: [] },
        ],
      }),
      faults: ["warning /responses/0/definitions", "warning /responses/1/status"],
    },
  ])("$what", ({ document, faults }) => expect(faultsOf(document)).toEqual(faults));
});

describe("what is wrong with a parameter of a trigger", () => {
  test.each<{ what: string; changes: Partial<TriggerHTTPParameter>; faults: string[] }>([
    { what: "nothing", changes: {}, faults: [] },
    { what: "a header with a space in its name", changes: { name: "x topic" }, faults: ["/parameters/0/name"] },
    { what: "a cookie without a name", changes: { name: "", in: "cookie" }, faults: ["/parameters/0/name"] },
    { what: "a line break in the query", changes: { name: "a\nb", in: "query" }, faults: ["/parameters/0/name"] },
    { what: "a header of the connection", changes: { name: "Transfer-Encoding" }, faults: ["/parameters/0/name"] },
    { what: "the header that holds cookies", changes: { name: "Cookie" }, faults: ["warning /parameters/0/name"] },
    { what: "the type of the body", changes: { name: "content_type" }, faults: ["warning /parameters/0/name"] },
    { what: "nothing, of one that proves who calls", changes: { name: "Authorization" }, faults: [] },
    { what: "a default of another type", changes: { type: "integer", default: 1.5 }, faults: ["/parameters/0/default"] },
    { what: "a text for a number", changes: { type: "number", default: "1" }, faults: ["/parameters/0/default"] },
    { what: "null", changes: { default: null }, faults: ["/parameters/0/default"] },
    { what: "nothing, of a default that looks like a template", changes: { default: "{{ param.x }" }, faults: [] },
    { what: "a default of any length", changes: { default: "a".repeat(64 * 1024 + 1) }, faults: ["/parameters/0/default"] },
  ])("$what", ({ changes, faults }) => expect(faultsOf(parameter(changes))).toEqual(faults));

  test("two of one name in one place, however it is written", () => {
    const twice = ["X-Topic", "x_topic"].map((name) => ({ name, in: "header", required: false, type: "string" }) as const);
    expect(faultsOf(trigger({ parameters: twice }))).toEqual(["/parameters/1/name"]);
  });

  test("at most 200 faults are told, errors first", () => {
    const wrong = (name: string) => ({ name, in: "query", required: false, type: "integer", default: "a" }) as const;
    const document = trigger({
      method: "GET",
      requestBody: { required: true, definitions: [] },
      parameters: Array.from({ length: 300 }, (_, index) => wrong(`p${index}`)),
    });
    const faults = triggerFaults(document, definitions);
    expect([faults.length, faults.every(({ severity }) => severity === "error")]).toEqual([200, true]);
  });
});

import { type OperationId, operations } from "@mooring/contract";
import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import type { Answer } from "../harness/answers.ts";
import { besideBigQuery } from "../harness/bigquery-world.ts";
import type { Sent } from "../harness/client.ts";
import { type ForeignIds, foreignIds, nowhere } from "../harness/foreign-ids.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { loopback, onEachEngine, type World } from "../harness/world.ts";
import { fiveScenarios } from "./operations/all.ts";
import { type Five, isAbsent, type Prepared } from "./operations/five.ts";

test("every operation has its five scenarios, but for those that cannot exist", () => {
  expect(Object.keys(fiveScenarios).sort()).toEqual(Object.keys(operations).sort());
  const absent = Object.entries(fiveScenarios).flatMap(([id, five]) =>
    (["invalid", "unauthenticated", "forbidden", "foreign"] as const).filter((name) => isAbsent(five[name])).map((name) => `${id} ${name}`),
  );
  expect(absent.sort()).toEqual([
    "AcceptInvitation foreign",
    "AcceptInvitation unauthenticated",
    "CreateOrganisation foreign",
    "GetMember forbidden",
    "GetOrganisation forbidden",
    "HandleOAuth2ConnectionCallback foreign",
    "HandleOAuth2ConnectionCallback unauthenticated",
    "ListConnectionPresets forbidden",
    "ListMembers forbidden",
    "ListOrganisations forbidden",
    "ListOrganisations foreign",
    "ListSignaturePresets forbidden",
  ]);
});

onEachEngine(
  "every operation",
  (world) => {
    let foreign: ForeignIds;
    beforeAll(async () => {
      foreign = await foreignIds(world);
    });
    for (const [id, five] of Object.entries(fiveScenarios) as [OperationId, Five][]) {
      describe(id, () => {
        test("does what it is for", () => works(world, id, five));
        if (!isAbsent(five.invalid)) test("refuses an invalid request, and names every fault", () => refusesInvalid(world, id, five));
        if (!five.unauthenticated) test("refuses whoever is not known", () => refusesUnknown(world, id, five));
        if (!isAbsent(five.forbidden)) test("refuses whoever may not", () => refusesForbidden(world, id, five));
        if (!five.foreign)
          test("answers another organisation's id like an unknown one and like none (T-1)", () => hidesForeign(world, id, five, foreign));
      });
    }
  },
  { settings: loopback, beside: besideBigQuery },
);

async function works(world: World, id: OperationId, five: Five): Promise<void> {
  const { happy, check } = await five.prepare(world);
  const answer = await world.send(await world.as(five.as), id, happy);
  expect(answer.status, answer.text).toBe(operations[id].success.status);
  await check(answer);
}

function refusesInvalid(world: World, id: OperationId, five: Five): Promise<void> {
  return changingNothing(world, five, async ({ invalid }, actor) => {
    const answer = await refused(world, actor, id, invalid);
    expect(answer.error.code, answer.text).toBe("invalid_request");
    expect(fieldsOf(answer), answer.text).toEqual(isAbsent(five.invalid) ? [] : [...five.invalid.fields].sort());
  });
}

async function refusesUnknown(world: World, id: OperationId, five: Five): Promise<void> {
  const nobody = await world.as("nobody");
  const key = (await world.as("key")).headers.authorization;
  const unknown: Record<string, string>[] = [
    {},
    { authorization: "Bearer" },
    { authorization: `${key}x` },
    { authorization: `Basic ${key?.slice(7)}` },
    { authorization: "Bearer moor_0000000000000000000000000000000000000000000_000000" },
    { cookie: "cookie=none", "mooring-csrf": "1" },
    { cookie: `cookie=${"a".repeat(43)}.${"b".repeat(44)}`, "mooring-csrf": "1" },
  ];
  return changingNothing(world, five, async ({ happy }) => {
    for (const headers of unknown) {
      const answer = await refused(world, { ...nobody, headers }, id, happy);
      expect(answer.error.code, answer.text).toBe("unauthenticated");
    }
  });
}

function refusesForbidden(world: World, id: OperationId, five: Five): Promise<void> {
  return changingNothing(world, five, async ({ happy }) => {
    if (isAbsent(five.forbidden)) return;
    const answer = await refused(world, await world.as(five.forbidden), id, happy);
    expect(answer.error.code, answer.text).toBe("forbidden");
  });
}

/** The matrix of T-1 for one operation: every id of its path, each in every way that leads nowhere. */
function hidesForeign(world: World, id: OperationId, five: Five, foreign: ForeignIds): Promise<void> {
  return changingNothing(world, five, async ({ happy }, actor) => {
    for (const [, parameter = ""] of operations[id].path.matchAll(/\{(\w+)\}/g)) {
      for (const { what, value } of nowhere(world, parameter, foreign)) {
        const answer = await refused(world, actor, id, { ...happy, params: { ...happy.params, [parameter]: value } });
        expect(shapeOf(answer), `${parameter} that is ${what}`).toEqual(unknownAddress);
      }
    }
  });
}

const shapeOf = ({ status, headers, text }: Answer) => ({
  status,
  text,
  headers: [...headers.keys()].filter((name) => name !== "keep-alive").sort(),
});

/** What every address that leads nowhere answers, to the letter. */
const unknownAddress = {
  status: 404,
  text: JSON.stringify({ code: "not_found", message: "There is nothing at this address." }),
  headers: [
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "mooring-request-id",
    "referrer-policy",
    "x-content-type-options",
  ],
};

/** Sends what must be refused. */
async function refused(world: World, actor: Actor, id: OperationId, sent: Sent | undefined): Promise<Answer> {
  const answer = await world.send(actor, id, sent);
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  return answer;
}

/** Prepares a situation, and sees to it that `attempts` changes nothing of what is stored then. */
async function changingNothing(world: World, five: Five, attempts: (prepared: Prepared, actor: Actor) => Promise<void>): Promise<void> {
  const actor = await world.as(five.as);
  if (!isAbsent(five.forbidden)) await world.as(five.forbidden);
  const prepared = await five.prepare(world);
  const { org } = await world.as("key");
  const before = await storedOf(world.mooring.db, org);
  await attempts(prepared, actor);
  expect(differenceOf(before, await storedOf(world.mooring.db, org))).toEqual([]);
}

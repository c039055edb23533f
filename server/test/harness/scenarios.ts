import type { OperationId } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import type { Actor, CastName } from "./actors.ts";
import type { Answer } from "./answers.ts";
import type { Sent } from "./client.ts";
import { differenceOf, storedOf } from "./stored.ts";
import type { World } from "./world.ts";

/** One guarantee: who sends what, in which situation, and what must come of it. */
export interface Scenario<Given, Id extends OperationId = OperationId> {
  readonly name: string;
  /** `key`, the first organisation's own, when left out. */
  readonly as?: CastName | ((given: Given, world: World) => Actor | Promise<Actor>);
  /** What is different from the table's own situation. */
  readonly given?: (given: Given, world: World) => unknown;
  readonly send: Sent | ((given: Given, world: World) => Sent | Promise<Sent>);
  /** The operation, where it is not the table's. */
  readonly operation?: Id;
  readonly expect: number;
  readonly code?: string;
  /** The faults' fields, all of them and in any order. */
  readonly fields?: readonly string[];
  readonly after?: (answer: Answer<Id>, given: Given, world: World) => unknown;
}

/**
 * Runs each row as a test of its own, in a situation of its own: `given` is made afresh for every row. Whatever is refused must leave
 * everything that is stored as it was.
 */
export function scenarios<Given, Id extends OperationId>(
  world: World,
  { title, operation, given }: { title: string; operation: Id; given: (world: World) => Promise<Given> },
  rows: readonly Scenario<Given, Id>[],
): void {
  describe(title, () => {
    for (const row of rows) test(row.name, () => play(world, operation, given, row));
  });
}

async function play<Given, Id extends OperationId>(
  world: World,
  operation: Id,
  given: (world: World) => Promise<Given>,
  row: Scenario<Given, Id>,
): Promise<void> {
  const situation = await given(world);
  await row.given?.(situation, world);
  const actor = typeof row.as === "function" ? await row.as(situation, world) : await world.as(row.as ?? "key");
  const sent = typeof row.send === "function" ? await row.send(situation, world) : row.send;
  const before = await storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
  const answer = await world.send(actor, row.operation ?? operation, sent);
  expect(answer.status, answer.text).toBe(row.expect);
  if (answer.status >= 400)
    expect(differenceOf(before, await storedOf(world.mooring.db, world.mooring.bootstrap.organisation))).toEqual([]);
  if (row.code !== undefined) expect(answer.error.code, answer.text).toBe(row.code);
  if (row.fields !== undefined) expect(fieldsOf(answer), answer.text).toEqual([...row.fields].sort());
  await row.after?.(answer, situation, world);
}

/** The fields of an answer's faults, sorted; [] when it names none. */
export const fieldsOf = ({ error }: Pick<Answer, "error">): string[] => (error.fields ?? []).map(({ field }) => field).sort();

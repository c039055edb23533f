import type { OperationId } from "@mooring/contract";
import type { Actor, CastName } from "../../harness/actors.ts";
import type { Answer } from "../../harness/answers.ts";
import type { Sent } from "../../harness/client.ts";
import type { World } from "../../harness/world.ts";

/** The five scenarios that every operation has: it works, and it refuses what is invalid, unknown callers, callers without the right, and foreign ids. */
export interface Five {
  readonly as: CastName;
  prepare(world: World): Promise<Prepared>;
  readonly invalid: { readonly fields: readonly string[] } | Absent;
  readonly unauthenticated: Absent | undefined;
  readonly forbidden: CastName | Absent;
  readonly foreign: Absent | undefined;
}

/** A fresh situation for one scenario. */
export interface Prepared {
  readonly happy: Sent;
  readonly invalid: Sent | undefined;
  check(answer: Answer): unknown;
}

/** Why a scenario cannot exist. */
export interface Absent {
  readonly absent: string;
}

export const isAbsent = (scenario: unknown): scenario is Absent =>
  typeof scenario === "object" && scenario !== null && "absent" in scenario;

interface Described<Given, Id extends OperationId> {
  /** Who does it in the happy scenario; `key` when left out. */
  readonly as?: CastName;
  readonly given: (world: World, actor: Actor) => Promise<Given>;
  readonly happy: (given: Given) => Sent;
  readonly after?: (answer: Answer<Id>, given: Given, world: World) => unknown;
  /** The same request made invalid, and the fields that the answer must name. */
  readonly invalid: { readonly send: (given: Given) => Sent; readonly fields: readonly string[] } | Absent;
  readonly unauthenticated?: Absent;
  /** Who is known but may not. */
  readonly forbidden: CastName | Absent;
  /** Left out: every id in the path is tried. */
  readonly foreign?: Absent;
}

/** The five scenarios of operation `Id`, in a situation of type `Given`. */
export function five<Id extends OperationId, Given>(described: Described<Given, Id>): Five {
  const { as = "key", invalid, forbidden, unauthenticated, foreign } = described;
  return {
    as,
    invalid: isAbsent(invalid) ? invalid : { fields: invalid.fields },
    unauthenticated,
    forbidden,
    foreign,
    async prepare(world) {
      const given = await described.given(world, await world.as(as));
      return {
        happy: described.happy(given),
        invalid: isAbsent(invalid) ? undefined : invalid.send(given),
        check: (answer) => described.after?.(answer as Answer<Id>, given, world),
      };
    },
  };
}

/** An unknown parameter and a page size out of range: what every list refuses. */
export const invalidPage = {
  send: (sent: Sent) => ({ ...sent, query: { first: 0, nonsense: 1 } }),
  fields: ["first", "nonsense"],
} as const;

import type { ContentError, ErrorField } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { call } from "../../../api/client.ts";
import type { Kind } from "./thing-link.tsx";

/** What is wrong with something that a version holds. */
export interface ContentFault {
  /** Undefined where it is about no one thing. */
  readonly kind: Kind | undefined;
  readonly name: string;
  /** Where in it, as a JSON Pointer; empty for all of it. */
  readonly pointer: string;
  readonly message: string;
  readonly severity: ContentError["severity"];
}

/** The faults that a refused publication tells, as in `actions[listUsers]/responses/0`. */
export function faultsOf(fields: readonly ErrorField[]): ContentFault[] {
  return fields.map(({ field, message }) => {
    const [, kinds, name = "", pointer = ""] = /^(actions|definitions|triggers)\[([^\]]*)\](.*)$/.exec(field) ?? [];
    const kind = kinds?.slice(0, -1) as Kind | undefined;
    return { kind, name, pointer: kind ? pointer : field, message, severity: "error" };
  });
}

/** What looking through a version found. */
export interface Examination {
  readonly faults: readonly ContentFault[];
  /** Whether all of it was looked at, and not only the beginning. */
  readonly isWhole: boolean;
}

/** The faults that are kept on what a draft holds; asked for only where `isWanted`. Publishing finds more: it checks schemas together. */
export function useExamination(version: string, { isWanted }: { isWanted: boolean }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const params = { organisation_id: org, connection_id: connection, version };
  return useQuery({
    queryKey: ["faults", params],
    enabled: isWanted,
    queryFn: async ({ signal }): Promise<Examination> => {
      const definitions = await collected("definition", async (after) => {
        const { body } = await call("GetDefinitions", { params, query: { first: 100, after } as object }, { signal });
        return { next: body.next, things: body.definitions };
      });
      const actions = await collected("action", async (after) => {
        const { body } = await call("GetActions", { params, query: { first: 100, after } as object }, { signal });
        return { next: body.next, things: body.actions };
      });
      const triggers = await collected("trigger", async (after) => {
        const { body } = await call("GetTriggers", { params, query: { first: 100, after } as object }, { signal });
        return { next: body.next, things: body.triggers };
      });
      const all = [definitions, actions, triggers];
      return { faults: all.flatMap(({ faults }) => faults), isWhole: all.every(({ isWhole }) => isWhole) };
    },
  });
}

interface Portion {
  readonly next?: string | undefined;
  readonly things: readonly { readonly name: string; readonly errors?: readonly ContentError[] }[];
}

async function collected(kind: Kind, read: (after: string | undefined) => Promise<Portion>): Promise<Examination> {
  const faults: ContentFault[] = [];
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const { next, things } = await read(after);
    for (const { name, errors = [] } of things)
      faults.push(...errors.map(({ field, message, severity }) => ({ kind, name, pointer: field, message, severity })));
    if (next === undefined) return { faults, isWhole: true };
    after = next;
  }
  return { faults, isWhole: false };
}

const pagesMax = 50;

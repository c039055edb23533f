import type { VersionDiffChange } from "@mooring/contract";
import type { Role } from "./definition-roles.ts";
import type { Effect } from "./effect.ts";

/** A change at `field`; it breaks callers where there is a reason `why`. Values that are undefined were not there, long ones are not shown. */
export function changeAt(field: string, { before, after }: { before?: unknown; after?: unknown }, why?: string): VersionDiffChange {
  return {
    field,
    ...(before === undefined ? {} : { before: shown(before) }),
    ...(after === undefined ? {} : { after: shown(after) }),
    breaks: why !== undefined,
    ...(why === undefined ? {} : { why }),
  };
}

/** The change, or none when both are equal. */
export function changeOf(field: string, before: unknown, after: unknown, why?: string): VersionDiffChange[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [changeAt(field, { before, after }, why)];
}

/** Why an effect breaks callers of something with this role; undefined when it does not. */
export function whyBroken({ narrows, widens }: Effect, { narrower, wider }: Role): string | undefined {
  if (narrows !== undefined && narrower !== undefined) return `${narrower}: ${narrows}.`;
  if (widens !== undefined && wider !== undefined) return `${wider}: ${widens}.`;
  return undefined;
}

const shown = (value: unknown) => (JSON.stringify(value).length > shownMax ? "(long)" : value);

const shownMax = 200;

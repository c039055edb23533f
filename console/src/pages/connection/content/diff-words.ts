import type { VersionDiff, VersionDiffChange } from "@mooring/contract";
import { counted } from "./subscribers.tsx";

/** One thing that differs between two versions. */
export interface DiffThing {
  readonly kind: "action" | "definition" | "trigger";
  readonly name: string;
  readonly fate: "added" | "removed" | "changed";
  readonly breaks: boolean;
  readonly changes: readonly VersionDiffChange[];
  /** How many more changes it has than are listed. */
  readonly omitted: number;
}

/** All that differs, what breaks callers first. */
export function thingsOf({ added, removed, changed }: VersionDiff): DiffThing[] {
  const whole = (fate: "added" | "removed") => (one: VersionDiff["added"][number]) => ({
    kind: one.type,
    name: one.name,
    fate,
    breaks: one.breaks,
    changes: [],
    omitted: 0,
  });
  const things: DiffThing[] = [
    ...removed.map(whole("removed")),
    ...changed.map(({ type, name, breaks, changes, omitted = 0 }) => ({
      kind: type,
      name,
      fate: "changed" as const,
      breaks,
      changes,
      omitted,
    })),
    ...added.map(whole("added")),
  ];
  return [...things.filter(({ breaks }) => breaks), ...things.filter(({ breaks }) => !breaks)];
}

/** How many changes break callers, and how many do not. */
function countsOf(diff: VersionDiff): { breaking: number; compatible: number } {
  const things = thingsOf(diff);
  const changes = things.flatMap((thing): readonly { breaks: boolean }[] => (thing.fate === "changed" ? thing.changes : [thing]));
  const breaking = changes.filter(({ breaks }) => breaks).length;
  return { breaking, compatible: changes.length - breaking + things.reduce((sum, { omitted }) => sum + omitted, 0) };
}

/** `3 breaking changes and 1 other`, `no change that breaks callers`. */
export function summaryOf(diff: VersionDiff): string {
  const { breaking, compatible } = countsOf(diff);
  if (breaking === 0 && compatible === 0) return "nothing differs";
  if (breaking === 0) return `${counted(compatible, "change")}, none of which breaks callers`;
  return compatible === 0
    ? counted(breaking, "breaking change")
    : `${counted(breaking, "breaking change")} and ${compatible} other${compatible === 1 ? "" : "s"}`;
}

/** A JSON Pointer as people read it: `parameters › query › limit`. */
export function placeOf(pointer: string): string {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.length === 0 ? "all of it" : keys.join(" › ");
}

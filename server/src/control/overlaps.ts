import type { AuthSchemeConfigInput, EnvironmentCredential } from "@mooring/contract";
import { placeKey, placeOf } from "../domain/places.ts";
import type { Intake } from "./intake.ts";

/** A credential in the order of application, as it is to be. */
export interface PlacedEntry {
  /** Where in the request it is given. */
  readonly field: string;
  readonly config: AuthSchemeConfigInput;
  /** How it is sent by now; undefined for one that is new. */
  readonly before?: EnvironmentCredential["authSchemeConfig"];
}

/**
 * Notes each credential for calls that would be written where one before it is, so that one of the two were lost. Two that stand so
 * in the database, from before this was refused, may stay: what was read can be sent back.
 */
export function checkOverlaps(intake: Pick<Intake, "fault">, entries: readonly PlacedEntry[]): void {
  const firsts = new Map<string, PlacedEntry>();
  for (const entry of entries) {
    const key = keyOf(entry.config);
    if (key === undefined) continue;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, entry);
    else if (!wasAt(key, first) || !wasAt(key, entry)) intake.fault(fieldOf(entry), messageOf(entry, first));
  }
}

function keyOf(config: Parameters<typeof placeOf>[0]): string | undefined {
  const place = placeOf(config);
  return place && placeKey(place);
}

const wasAt = (key: string, { before }: PlacedEntry) => before !== undefined && keyOf(before) === key;

const fieldOf = ({ field, config }: PlacedEntry) => `${field}.authSchemeConfig.${"name" in config ? "name" : "schemeType"}`;

function messageOf({ config }: PlacedEntry, first: PlacedEntry): string {
  const place = placeOf(config);
  const spelled = place?.in === "query" ? `query parameter ${place.name}` : `${place?.in} ${place?.name}`;
  return `The ${spelled} is already set by ${first.field}; one of the two would be lost.`;
}

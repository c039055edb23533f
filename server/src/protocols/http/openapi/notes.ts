import type { Message } from "@mooring/contract";
import { type Kind, kinds } from "./kinds.ts";
import { below, type Place, pointerOf } from "./place.ts";
import type { JsonObject } from "./values.ts";

/** Gathers what is not carried over: one message for each kind, with its places. */
export interface Notes {
  note(kind: Kind, place: Place): void;
  /** Notes every key of an object that is not `carried`: as what `others` say, as an extension, or as unknown. */
  rest(object: JsonObject, place: Place, carried: ReadonlySet<string>, others?: ReadonlyMap<string, Kind>): void;
  /** Adds a message with its own words. */
  say(message: Message): void;
  /** All of them, the gravest first. */
  messages(): Message[];
}

/** Starts with nothing to tell. */
export function createNotes(): Notes {
  const found = new Map<Kind, { readonly places: string[]; count: number }>();
  const said: Message[] = [];
  // What many operations refer to is looked at for each, and told of once.
  const told = new WeakSet<JsonObject>();

  function note(kind: Kind, place: Place) {
    const kept = found.get(kind) ?? { places: [], count: 0 };
    found.set(kind, kept);
    const pointer = kept.places.length < placesMax ? shortened(pointerOf(place)) : undefined;
    if (pointer !== undefined && kept.places.includes(pointer)) return;
    kept.count += 1;
    if (pointer !== undefined) kept.places.push(pointer);
  }

  return {
    note,
    rest(object, place, carried, others = none) {
      if (told.has(object)) return;
      told.add(object);
      for (const key of Object.keys(object)) {
        if (carried.has(key)) continue;
        note(others.get(key) ?? (key.startsWith("x-") ? "extensions" : "unknown"), below(place, key));
      }
    },
    say(message) {
      if (said.length < messagesMax) said.push(message);
    },
    messages() {
      const grouped = [...found].map(([kind, { places, count }]): Message => {
        return { ...kinds[kind], detail: count > places.length ? [...places, `and ${count - places.length} more`] : places };
      });
      return [...said, ...grouped].sort((one, other) => gravity[other.severity] - gravity[one.severity]);
    },
  };
}

const none: ReadonlyMap<string, Kind> = new Map();
const placesMax = 100;
const messagesMax = 100;

/** Keys may be long, and a place has many of them. */
const shortened = (pointer: string) => (pointer.length > pointerMax ? `${pointer.slice(0, pointerMax)}…` : pointer);

const pointerMax = 2_000;
const gravity = { info: 0, warning: 1, error: 2 } as const;

/** Where in a document something is: the last step, and all before it. Cheap to make for every value, spelled out only where it is told. */
export interface Place {
  readonly up: Place | undefined;
  readonly key: string;
}

/** The document itself. */
export const root: Place = { up: undefined, key: "" };

/** The place below `up` by these steps. */
export function below(up: Place, ...keys: readonly (string | number)[]): Place {
  let place = up;
  for (const key of keys) place = { up: place, key: String(key) };
  return place;
}

/** The steps from the document to the place. */
export function stepsOf(place: Place): string[] {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at?.up !== undefined; at = at.up) steps.push(at.key);
  return steps.reverse();
}

/** The place as a JSON Pointer (RFC 6901); empty for the document. */
export const pointerOf = (place: Place): string => pointerTo(stepsOf(place));

/** These steps as a JSON Pointer. */
export const pointerTo = (steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The steps of a JSON Pointer in a URL fragment (RFC 6901 section 6), without its `#`; undefined when it is none. */
export function stepsIn(fragment: string): string[] | undefined {
  if (fragment === "") return [];
  if (!fragment.startsWith("/")) return undefined;
  try {
    return decodeURIComponent(fragment)
      .slice(1)
      .split("/")
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  } catch {
    return undefined;
  }
}

/** Steps as a URL fragment that every resolver of `$ref` reads alike; empty for no steps. */
export const fragmentOf = (steps: readonly string[]): string =>
  steps.length === 0 ? "" : `#${encodeURI(pointerTo(steps).toWellFormed()).replaceAll("#", "%23")}`;

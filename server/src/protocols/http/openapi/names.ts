/** Gives out names that are unique and fit a pattern. */
export interface Names {
  /** The name made of `wanted`, and whether it is another one. */
  take(wanted: string): { readonly name: string; readonly isChanged: boolean };
}

/** Names of actions: letters, digits, `_`, `-` and `$`. */
export const createActionNames = (): Names => createNames(/[^a-zA-Z0-9_\-$]+/g, "operation");

/** Names of triggers, which have the same letters. */
export const createWebhookNames = (): Names => createNames(/[^a-zA-Z0-9_\-$]+/g, "webhook");

/** Names of definitions: letters, digits, `_` and `-`. */
export const createDefinitionNames = (): Names => createNames(/[^a-zA-Z0-9_-]+/g, "schema");

const charactersMax = 200;
/** What makes `ü` of `u`, once they are taken apart. */
const marks = /\p{M}+/gu;

function createNames(unfit: RegExp, fallback: string): Names {
  const taken = new Set<string>();
  // Where to go on counting, so that ten thousand operations of one name do not each count from the start.
  const next = new Map<string, number>();
  return {
    take(wanted) {
      const clean = wanted.normalize("NFKD").replace(marks, "").replace(unfit, "_").slice(0, charactersMax);
      const base = /^_*$/.test(clean) && clean !== wanted ? fallback : trimmed(clean, wanted);
      const name = taken.has(base) ? numbered(base) : base;
      taken.add(name);
      return { name, isChanged: name !== wanted };
    },
  };

  function numbered(base: string): string {
    for (let number = next.get(base) ?? 2; ; number++) {
      const suffix = `_${number}`;
      const name = base.slice(0, charactersMax - suffix.length) + suffix;
      next.set(base, number + 1);
      if (!taken.has(name)) return name;
    }
  }
}

/** Without the underscores at its ends that cleaning put there. */
function trimmed(clean: string, wanted: string): string {
  const start = clean.startsWith("_") && !wanted.startsWith("_") ? 1 : 0;
  const end = clean.endsWith("_") && !wanted.endsWith("_") && wanted.length <= charactersMax ? -1 : undefined;
  return clean.slice(start, end);
}

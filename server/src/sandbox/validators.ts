import { Problem } from "../kernel/errors.ts";
import { type Compiled, compile } from "./compile.ts";
import { textOf } from "./encoding.ts";
import type { SchemaBundle } from "./flatten.ts";
import { readJson } from "./json-text.ts";
import { faultsOf, type ValueFault } from "./value-faults.ts";
import { compileXml } from "./xml.ts";

/** A value to be held against the schema of a key, which comes along when it is not known here. */
export interface Validation {
  readonly key: string;
  readonly language: "json" | "xml";
  readonly text: string | Uint8Array;
  /** For XML the root is the schema, and there are no definitions. */
  readonly bundle?: SchemaBundle;
}

/** The faults, or that the schema of the key is wanted. */
export type Validated = readonly ValueFault[] | "unknown key";

/**
 * Holds values against schemas, of which it keeps those used last: at most `bytesMax` of text, counting what each costs besides. Runs in a worker.
 * Throws `Problem` too_costly or definition_unusable for a schema that cannot be used, without compiling it anew each time.
 */
export function createValidators({ bytesMax }: { bytesMax: number }) {
  const kept = new Map<string, Kept>();
  let bytes = 0;
  return { validate };

  function validate({ key, language, text, bundle }: Validation): Validated | Promise<Validated> {
    const known = use(key);
    if (known) return known.check(text);
    if (!bundle) return "unknown key";
    if (language === "json") return keep(key, bundle, attempt(bundle)).check(text);
    return attemptXml(bundle.root).then((ready) => keep(key, bundle, ready).check(text));
  }

  function use(key: string): Kept | undefined {
    const known = kept.get(key);
    if (!known) return undefined;
    // To the end: the first is the one that was used longest ago.
    kept.delete(key);
    kept.set(key, known);
    return known;
  }

  function keep(key: string, bundle: SchemaBundle, ready: Ready): Kept {
    const size = overhead + bundle.root.length + bundle.definitions.reduce((sum, { content }) => sum + content.length, 0);
    const fresh = { size, ...ready };
    kept.set(key, fresh);
    bytes += size;
    for (const [oldKey, old] of kept) {
      if (bytes <= bytesMax || old === fresh) break;
      kept.delete(oldKey);
      bytes -= old.size;
      old.dispose?.();
    }
    return fresh;
  }
}

interface Ready {
  check(text: string | Uint8Array): Validated;
  dispose?(): void;
}

interface Kept extends Ready {
  readonly size: number;
}

function attempt(bundle: SchemaBundle): Ready {
  try {
    const compiled = compile(bundle);
    return { check: (text) => check(compiled, text) };
  } catch (error) {
    return refusing(error);
  }
}

async function attemptXml(schema: string): Promise<Ready> {
  const made = await compileXml(schema);
  if ("faults" in made) return refusing(new Problem("definition_unusable"));
  const { compiled } = made;
  return { check: (text) => compiled.check(typeof text === "string" ? text : textOf(text)), dispose: compiled.dispose };
}

function refusing(error: unknown): Ready {
  const unforeseen = () => new Problem(error instanceof RangeError ? "too_costly" : "definition_unusable", { cause: error });
  const problem = error instanceof Problem ? error : unforeseen();
  return {
    check() {
      throw problem;
    },
  };
}

function check({ first, all }: Compiled, given: string | Uint8Array): readonly ValueFault[] {
  let value: unknown;
  let text: string;
  try {
    text = typeof given === "string" ? given : textOf(given);
    value = readJson(text, valueLimits);
  } catch (error) {
    if (error instanceof Problem) return [{ pointer: "", message: error.message }];
    throw error;
  }
  if (first(value)) return none;
  if (text.length > allFaultsMax) return faultsOf(first.errors ?? []);
  const every = all();
  every(value);
  return faultsOf(every.errors ?? []);
}

const none: readonly ValueFault[] = [];
// Above that, a look for every fault may cost many times what one for the first does: Ajv copies those it has wherever it finds more.
const allFaultsMax = 64 * 1024;
const valueLimits = { depthMax: 256, nodesMax: 1_000_000 };
// What a compiled schema takes beside its text.
const overhead = 64 * 1024;

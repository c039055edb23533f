import { _, Ajv2020, type KeywordCxt, type ValidateFunction } from "ajv/dist/2020.js";
import { Problem } from "../kernel/errors.ts";
import { areUnique, oneOf } from "./equality.ts";
import { documentsOf, flatten, type SchemaBundle } from "./flatten.ts";
import { formats } from "./formats.ts";
import { compilePattern } from "./patterns.ts";

/** A schema that values can be held against. */
export interface Compiled {
  /** Stops at the first fault. */
  readonly first: ValidateFunction;
  /** Looks for every fault; compiled when it is first asked for. */
  readonly all: () => ValidateFunction;
}

/**
 * Makes a schema ready, in an Ajv of its own that nothing else ever sees (J-5). Throws `Problem` definition_unusable when something it refers to is
 * gone, too_costly when it is larger than can be compiled in time, or was not.
 */
export function compile(bundle: SchemaBundle): Compiled {
  return compileDocuments(documentsOf(bundle));
}

/** `compile`, for what was parsed before. */
export function compileDocuments(documents: ReturnType<typeof documentsOf>): Compiled {
  const flat = flatten(documents);
  let all: ValidateFunction | undefined;
  return { first: timed(() => createAjv({ stopAt: "first fault" }).compile(flat as object)), all: () => (all ??= timed(compileAll)) };

  function compileAll(): ValidateFunction {
    return createAjv({ stopAt: "end" }).compile(flat as object);
  }
}

/** Of the processor's time, so that a busy machine refuses nothing that a quiet one takes. */
function timed(work: () => ValidateFunction): ValidateFunction {
  const before = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(before);
  if ((user + system) / 1000 > compileMsMax) throw new Problem("too_costly", { message: tooLongToCompile });
  return result;
}

function createAjv({ stopAt }: { stopAt: "first fault" | "end" }): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: stopAt === "end",
    $data: false,
    // What it is given was checked and cleaned, so that anything it does not know is our own mistake.
    strict: true,
    // These would refuse what the specification allows.
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowMatchingProperties: true,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    logger: false,
    // Without a loop, Ajv does not see that a property is missing when its name is the empty text.
    loopRequired: 1,
    // Inlined, what is referred to often would be compiled as often.
    inlineRefs: false,
    // A name such as `constructor` is there only when the value itself has it (J-6).
    ownProperties: true,
    // 19.99 is a multiple of 0.01, though not in binary.
    multipleOfPrecision: 9,
    formats: { ...formats },
    code: { regExp: engine, optimize: false },
  });
  compareSafely(ajv);
  return ajv;
}

/**
 * Ajv compares by calling methods of what it compares, which a value may bring itself (`{"toString": 1}`), and for `uniqueItems` every two
 * items.
 */
function compareSafely(ajv: Ajv2020): void {
  const allowedValues = { params: ({ schemaCode }: Pick<KeywordCxt, "schemaCode">) => _`{allowedValues: ${schemaCode}}`, message: "" };
  const allowedValue = { params: ({ schemaCode }: Pick<KeywordCxt, "schemaCode">) => _`{allowedValue: ${schemaCode}}`, message: "" };
  for (const keyword of ["enum", "const", "uniqueItems"]) ajv.removeKeyword(keyword);
  ajv.addKeyword({ keyword: "enum", schemaType: "array", errors: false, error: allowedValues, compile: oneOf });
  ajv.addKeyword({ keyword: "const", errors: false, error: allowedValue, compile: (value: unknown) => oneOf([value]) });
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    errors: false,
    compile: (isAsked: boolean) => (isAsked ? areUnique : () => true),
  });
}

const engine = Object.assign((source: string) => compilePattern(source), { code: "compilePattern" });

const compileMsMax = 250;
const tooLongToCompile = "The schema takes too long to compile; make it smaller, or split it.";

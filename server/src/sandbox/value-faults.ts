import type { ErrorObject } from "ajv/dist/2020.js";

/** One fault of a value: where, as a JSON Pointer (RFC 6901, empty for all of it), and what to do about it. No value of it is in the message. */
export interface ValueFault {
  readonly pointer: string;
  readonly message: string;
}

/** What Ajv found, one fault for each place and at most `faultsMax`. Where no alternative fits, that is said instead of what each wanted there. */
export function faultsOf(errors: readonly ErrorObject[]): ValueFault[] {
  const faults = new Map<string, ValueFault>();
  for (const error of errors) {
    if (error.keyword === "if") continue;
    const fault = faultOf(error);
    const isSummary = error.keyword === "anyOf" || error.keyword === "oneOf";
    if (isSummary || !faults.has(fault.pointer)) faults.set(fault.pointer, fault);
  }
  return [...faults.values()].slice(0, faultsMax);
}

function faultOf({ keyword, params, instancePath }: ErrorObject): ValueFault {
  const here = (message: string) => ({ pointer: instancePath, message });
  const inside = (name: unknown, message: string) => ({ pointer: `${instancePath}/${escaped(String(name))}`, message });
  switch (keyword) {
    case "required":
      return inside(params.missingProperty, "This is required.");
    case "dependentRequired":
      return inside(params.missingProperty, `This is required beside ${quoted(params.property)}.`);
    case "additionalProperties":
      return inside(params.additionalProperty, "This property is not allowed here.");
    case "unevaluatedProperties":
      return inside(params.unevaluatedProperty, "This property is not allowed here.");
    case "propertyNames":
      return inside(params.propertyName, "A property may not have this name.");
    case "enum":
      return here(`This must be one of ${listed(params.allowedValues)}.`);
    case "const":
      return here(`This must be ${quoted(params.allowedValue)}.`);
    case "false schema":
      return here("Nothing is allowed here.");
    default:
      return here(messages[keyword]?.(params) ?? "This does not fit.");
  }
}

type Params = Record<string, unknown>;

const messages: Readonly<Record<string, (params: Params) => string>> = {
  type: ({ type }) => `This must be ${[type].flat().map(withArticle).join(" or ")}.`,
  minimum: compared,
  maximum: compared,
  exclusiveMinimum: compared,
  exclusiveMaximum: compared,
  multipleOf: ({ multipleOf }) => `This must be a multiple of ${multipleOf}.`,
  minLength: ({ limit }) => `This must have at least ${limit} characters.`,
  maxLength: ({ limit }) => `This must have at most ${limit} characters.`,
  minItems: ({ limit }) => `This must have at least ${limit} items.`,
  maxItems: atMostItems,
  items: atMostItems,
  additionalItems: atMostItems,
  unevaluatedItems: ({ len }) => `This must have at most ${len} items.`,
  minProperties: ({ limit }) => `This must have at least ${limit} properties.`,
  maxProperties: ({ limit }) => `This must have at most ${limit} properties.`,
  uniqueItems: () => "No two of these items may be equal.",
  contains: ({ minContains, maxContains }) =>
    `Of these items, ${maxContains === undefined ? `at least ${minContains}` : `${minContains} to ${maxContains}`} must be what is looked for.`,
  pattern: ({ pattern }) => `This must match ${shortened(String(pattern))}.`,
  format: ({ format }) => `This must be a valid ${format}.`,
  not: () => "This is what is not allowed here.",
  anyOf: () => "This fits none of the alternatives.",
  oneOf: ({ passingSchemas }) =>
    Array.isArray(passingSchemas) ? "This fits more than one of the alternatives." : "This fits none of the alternatives.",
};

function compared({ comparison, limit }: Params): string {
  return `This must be ${comparison} ${limit}.`;
}

function atMostItems({ limit }: Params): string {
  return `This must have at most ${limit} items.`;
}

const withArticle = (type: unknown) => (type === "null" ? "null" : `${/^[aeiou]/.test(String(type)) ? "an" : "a"} ${type}`);
const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
const quoted = (value: unknown) => shortened(JSON.stringify(value));
const shortened = (text: string) => (text.length > shownMax ? `${text.slice(0, shownMax)}...` : text);

function listed(values: unknown): string {
  const all = Array.isArray(values) ? values : [];
  return `${all.slice(0, listedMax).map(quoted).join(", ")}${all.length > listedMax ? " or others that the schema lists" : ""}`;
}

const faultsMax = 100;
const shownMax = 200;
const listedMax = 20;

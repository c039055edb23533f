import { type Static, type TObject, type TObjectOptions, type TProperties, type TSchema, type TUnsafe, Type } from "typebox";

/**
 * An object that takes these properties and no other, so that a typo is a fault and nothing undocumented ever leaves.
 * Its title makes it a component of the OpenAPI document: everything with a title is emitted once and referenced.
 */
export function object<Properties extends TProperties>(title: string, properties: Properties, options: TObjectOptions = {}) {
  return Type.Object(properties, { title, additionalProperties: false, ...options }) as TObject<Properties>;
}

/** One of several objects, told apart by the constant that each has in `property`; only the chosen one is held against a body. */
export function oneOf<Variants extends TSchema[]>(title: string, property: string, variants: [...Variants], description?: string) {
  const schema = { title, ...(description && { description }), type: "object", discriminator: { propertyName: property }, oneOf: variants };
  return Type.Unsafe<Static<Variants[number]>>(schema);
}

/** One of two objects, told apart by whether `id` is present; only the chosen one is held against a body. */
export function byPresenceOfId<With extends TSchema, Without extends TSchema>(
  title: string,
  withId: With,
  withoutId: Without,
  description: string,
) {
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
  const schema = { title, description, type: "object", if: { properties: { id: {} }, required: ["id"] }, then: withId, else: withoutId };
  return Type.Unsafe<Static<With> | Static<Without>>(schema);
}

/** One of these words. */
export function words<const Words extends readonly string[]>(all: Words, options: { title?: string; description?: string } = {}) {
  return Type.Unsafe<Words[number]>({ type: "string", enum: [...all], ...options }) as TUnsafe<Words[number]>;
}

export const ulid = (description: string) => Type.String({ format: "ulid", description });
export const timestamp = (description: string) => Type.String({ format: "date-time", description });
export const url = (description: string) => Type.String({ format: "uri", maxLength: 2048, description });

/** What a GET returned may be sent back: such a property is accepted whatever it holds, and ignored. */
export const ignored = () =>
  Type.Optional(Type.Unknown({ readOnly: true, description: "Accepted so that an answer can be sent back; ignored." }));

// Neither engine keeps a lone surrogate as it was, and PostgreSQL no NUL either.
const loneSurrogates = "\\ud800-\\udfff";
const controls = "\\u0000-\\u001f\\u007f-\\u009f";

/** The pattern of one line of text without control characters, nor any of `except`. Checking it is linear in hostile input. */
export const line = (except = "") => `^[^${except}${controls}${loneSurrogates}]*$`;

/** A name that people give. */
export const name = (what: string) =>
  Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: notBlank(line()),
    description: `${what}: 1 to 200 characters, at least one that is not a space, no control characters.`,
  });

/** The same pattern, for text that holds at least one character other than a space. */
export const notBlank = (pattern: string) => pattern.replace("^", "^(?=\\s*\\S)");

/** Free text within these lengths in characters, line breaks included. */
export const text = (description: string, { minLength = 0, maxLength }: { minLength?: number; maxLength: number }) =>
  Type.String({ minLength, maxLength, pattern: `^[^\\u0000${loneSurrogates}]*$`, description });

/** Characters of an HTTP token (RFC 9110 section 5.6.2), which header and cookie names are made of. */
export const httpToken = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

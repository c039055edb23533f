import { percentEncoded } from "../../../domain/percent-encoding.ts";
import type { Placeholder } from "../../../domain/template.ts";
import { Problem } from "../../../kernel/errors.ts";
import { encoders } from "../encoders.ts";
import { isRawNumber, type RawNumber } from "./json-text.ts";
import type { Parameter } from "./parameters.ts";

/** The value of a parameter, in text and as it leaves. */
export interface Written {
  /** Each item of a list; of any other, one. */
  readonly texts: readonly string[];
  /** For its place: one segment or part of one, `name=value` pairs of the query or of cookies, or a header's value. */
  readonly wire: string;
}

type Scalar = string | number | boolean | RawNumber;

/** What of a value does not fit the type of its parameter; undefined when it does. A text is no number, however it looks. */
export function typeFault({ type, isList }: Pick<Parameter, "type" | "isList">, value: unknown): string | undefined {
  if (!isList) return isOfType(type, value) ? undefined : `This must be ${words[type]}.`;
  if (!Array.isArray(value)) return `This must be a list of ${lists[type]}.`;
  if (value.length === 0) return "This list is empty, which a request cannot say; leave it out.";
  return value.every((item) => isOfType(type, item)) ? undefined : `This must be a list of ${lists[type]}.`;
}

const words = { string: "a text", number: "a number", integer: "a whole number", boolean: "true or false" } as const;
const lists = { string: "texts", number: "numbers", integer: "whole numbers", boolean: "true and false" } as const;

function isOfType(type: Parameter["type"], value: unknown): value is Scalar {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" || isRawNumber(value);
    case "integer":
      return isRawNumber(value) ? wholeNumber.test(value.rawJSON) : Number.isInteger(value);
  }
}

const wholeNumber = /^-?\d+$/;

/** The texts of a value that has no fault. Throws `Problem` template_unresolved when they are too long. */
export function textsOf(value: unknown): string[] {
  const size = createSize();
  return (Array.isArray(value) ? value : [value]).map((item: Scalar) => size.add(textOf(item)));
}

/**
 * How long everything may be that parameters come to: twice of what a caller's own address and headers may have. Values are repeated by
 * templates and by templates in defaults of others, and numbers have fifty times the digits that they were written with, so that there
 * would be no end to what a call costs (L-2).
 */
const charactersMax = 64 * 1024;

/** Adds up texts. `add` gives the text, or throws `Problem` template_unresolved as soon as all of them are too long. */
export function createSize(): { add(text: string): string } {
  let characters = 0;
  return {
    add(text) {
      characters += text.length;
      if (characters <= charactersMax) return text;
      throw new Problem("template_unresolved", {
        message: `What the parameters come to is longer than ${charactersMax} characters. Nothing was sent.`,
      });
    },
  };
}

function textOf(value: Scalar): string {
  if (typeof value === "object") return value.rawJSON;
  // As digits, also where JavaScript would write an exponent.
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/**
 * The texts as they leave, written so that whoever reads the place in the way of RFC 6570 (section 3.2), as OpenAPI says, gets exactly them
 * (I-2, I-3). Throws `Problem` template_unresolved on what its place cannot hold.
 */
export function written(parameter: Parameter, texts: readonly string[]): Written {
  const { name, in: place, isList, delimiter } = parameter;
  const placeholder: Placeholder = { namespace: "param", name: parameter.address };
  const encode = encoders[place];
  const items = texts.map((text) => encode(text, placeholder));
  if (isList && delimiter !== undefined) requireTold(parameter, texts, delimiter);
  const key = place === "query" ? percentEncoded(name) : name;
  if (place === "path" || place === "header") return { texts, wire: items.join(",") };
  if (delimiter !== undefined) return { texts, wire: `${key}=${items.join(place === "query" ? delimiters[delimiter] : delimiter)}` };
  return { texts, wire: items.map((item) => `${key}=${item}`).join(place === "query" ? "&" : "; ") };
}

const delimiters = { ",": ",", " ": "%20", "|": "%7C" } as const;

/** An item may not hold what stands between items, unless that is written in another way inside of one: only a comma in a URL is. */
function requireTold({ in: place, address }: Parameter, texts: readonly string[], delimiter: string): void {
  const isTold = delimiter === "," && (place === "query" || place === "path");
  const isHeld = (text: string) => (!isTold && text.includes(delimiter)) || (place === "header" && text === "");
  if (!texts.some(isHeld)) return;
  throw new Problem("template_unresolved", {
    message: `An item of {{ param.${address} }} holds ${JSON.stringify(delimiter)}, which stands between items there, or is empty. Nothing was sent.`,
  });
}

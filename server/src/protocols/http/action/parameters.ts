import type { ActionHTTPParameter } from "@mooring/contract";
import { isList, isPlainObject } from "../../../domain/action-parameter.ts";
import { isNeverForwarded } from "../../../domain/caller-headers.ts";
import { parameterAddresses } from "../../../domain/parameter-address.ts";
import { headerKey } from "../../../domain/places.ts";
import { parseTemplate, type Template } from "../../../domain/template.ts";

/** A parameter of an action, readied for any number of calls. */
export interface Parameter {
  readonly name: string;
  readonly in: ActionHTTPParameter["in"];
  /** How a call names it: by its name, or as in `query.id` where several places have the same name. */
  readonly address: string;
  readonly isRequired: boolean;
  readonly type: ActionHTTPParameter["type"];
  readonly isList: boolean;
  /** What stands between the items of a list; undefined where each is a parameter of its own. */
  readonly delimiter: Delimiter | undefined;
  /** What is sent when a call leaves it out, item by item. */
  readonly otherwise: readonly (Template | Plain)[] | undefined;
  /** Says more than the type; undefined where it does not. */
  readonly schema: unknown;
  /** Why it can never be sent. */
  readonly obstacle: string | undefined;
}

/** A value that is no text and so no template. */
export interface Plain {
  readonly plain: number | boolean;
}

export type Delimiter = "," | " " | "|";

/** The parameters in their order. A default that is neither text, number, truth value nor a list of those counts for nothing. */
export function readyParameters(given: readonly ActionHTTPParameter[]): Parameter[] {
  const addresses = parameterAddresses(given);
  return given.map((parameter, at) => {
    const { name, in: place, type, schema } = parameter;
    const obstacle = obstacleOf(parameter);
    return {
      name,
      in: place,
      address: addresses[at] as string,
      // What can never be sent is missed by nobody.
      isRequired: (parameter.required || place === "path") && obstacle === undefined,
      type,
      isList: isList(parameter),
      delimiter: isList(parameter) ? delimiterOf(parameter) : undefined,
      otherwise: otherwiseOf(parameter.default),
      schema: saysMore(schema) ? schema : undefined,
      obstacle,
    };
  });
}

/** OpenAPI 3.1, "Style Values" and the defaults there. */
function delimiterOf({ in: place, style, explode }: ActionHTTPParameter): Delimiter | undefined {
  if (place === "path" || place === "header") return ",";
  if (explode ?? (style === undefined || style === "form")) return undefined;
  if (style === "spaceDelimited") return " ";
  return style === "pipeDelimited" ? "|" : ",";
}

function otherwiseOf(value: unknown): Parameter["otherwise"] {
  if (value === undefined || value === null) return undefined;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const readied: (Template | Plain)[] = [];
  for (const item of items) {
    if (typeof item === "string") readied.push(parseTemplate(item));
    else if (typeof item === "number" || typeof item === "boolean") readied.push({ plain: item });
    else return undefined;
  }
  return readied.length > 0 ? readied : undefined;
}

/** Whether there is anything in the schema that the type alone does not say. */
function saysMore(schema: unknown): boolean {
  if (!isPlainObject(schema)) return schema === false;
  return Object.entries(schema).some(([keyword, value]) => {
    if (keyword === "items") return saysMore(value);
    return !annotations.has(keyword) && !(keyword === "type" && typeof value === "string");
  });
}

const annotations = new Set(["title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "$comment"]);

function obstacleOf({ name, in: place }: ActionHTTPParameter): string | undefined {
  if (place === "header" && (!token.test(name) || notTheirs.has(headerKey(name)) || isNeverForwarded(headerKey(name))))
    return "A call cannot set this header.";
  return place === "cookie" && !token.test(name) ? "No cookie can have this name." : undefined;
}

/** What the body says itself. */
const notTheirs = new Set(["content-type"]);

/** RFC 9110 section 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

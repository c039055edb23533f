import { Problem } from "../kernel/errors.ts";

/**
 * Reads a text that may hold placeholders: `{{ env.region }}`, `{{ param.id }}`, or the legacy `{{ .env.region }}`, with or without
 * spaces inside the braces (I-1). There are no expressions. Whatever begins with `{{` and is not such a placeholder is a fault;
 * `}}` alone is text, because JSON ends in it.
 */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  const faults: string[] = [];
  let at = 0;
  for (let open = text.indexOf("{{"); open !== -1; open = text.indexOf("{{", at)) {
    const close = text.indexOf("}}", open + 2);
    const inside = close === -1 ? undefined : text.slice(open + 2, close);
    const placeholder = inside === undefined ? undefined : placeholderOf(inside);
    if (open > at) parts.push(text.slice(at, open));
    at = close === -1 ? text.length : close + 2;
    if (placeholder) parts.push(placeholder);
    else faults.push(`${JSON.stringify(text.slice(open, Math.min(at, open + 80)))} is no placeholder; write {{ env.name }}.`);
  }
  if (at < text.length) parts.push(text.slice(at));
  return { parts, faults };
}

export interface Template {
  /** Literal text and placeholders, in order; never two texts side by side. */
  readonly parts: readonly TemplatePart[];
  /** What could not be read, for people. A template with faults must not be resolved. */
  readonly faults: readonly string[];
}

export type TemplatePart = string | Placeholder;

export interface Placeholder {
  readonly namespace: Namespace;
  readonly name: string;
}

/** The places a value may come from. There is none for credentials, so that no template can reach one. */
export const namespaces = ["env", "param"] as const;
export type Namespace = (typeof namespaces)[number];

/** The values of each namespace. Only own keys of a Map are looked up, so `constructor` is a name like any other. */
export type TemplateValues = Readonly<Partial<Record<Namespace, ReadonlyMap<string, string>>>>;

/**
 * The template with its values put in, each through `encode` for the place it stands in, and never scanned again (I-1, I-3). Throws
 * `Problem` template_unresolved that names every placeholder without a value (I-4).
 */
export function resolve(template: Template, values: TemplateValues, encode: Encode = (value) => value): string {
  requireResolvable(template, values);
  return template.parts
    .map((part) => (typeof part === "string" ? part : encode(values[part.namespace]?.get(part.name) ?? "", part)))
    .join("");
}

export type Encode = (value: string, placeholder: Placeholder) => string;

/** The placeholder as people write it. */
export const spelled = ({ namespace, name }: Placeholder) => `{{ ${namespace}.${name} }}`;

/** Throws `Problem` template_unresolved when the template has faults or `values` lacks one of its placeholders. */
function requireResolvable({ parts, faults }: Template, values: TemplateValues): void {
  if (faults.length > 0) throw new Problem("template_unresolved", { message: `A template is malformed: ${faults.join(" ")}` });
  const missing = parts.filter((part): part is Placeholder => typeof part !== "string" && !values[part.namespace]?.has(part.name));
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(spelled))];
  throw new Problem("template_unresolved", { message: `Nothing was sent, because there is no value for ${names.join(", ")}.` });
}

const placeholderPattern = /^[ \t]*\.?([a-z]+)\.([A-Za-z_][A-Za-z0-9_.-]{0,99})[ \t]*$/;

/** What stands between the braces, read; undefined when that is no placeholder. */
export function placeholderOf(inside: string): Placeholder | undefined {
  const [, namespace, name] = placeholderPattern.exec(inside) ?? [];
  const known = namespaces.find((one) => one === namespace);
  return known === undefined || name === undefined ? undefined : { namespace: known, name };
}

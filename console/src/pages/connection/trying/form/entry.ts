/**
 * What a form holds of a JSON value, as it was typed: a number keeps each of its digits, and what cannot be read yet is kept too. It is
 * made without a schema, so that whatever was typed as JSON is in the form as well, fitting or not.
 */
export type Entry =
  | { readonly kind: "absent" }
  | { readonly kind: "plain"; readonly value: string | boolean | null }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Item[] }
  | { readonly kind: "group"; readonly members: readonly Member[] }
  | { readonly kind: "raw"; readonly text: string };

/** One of a list. `id` stays while others come and go. */
export interface Item {
  readonly id: number;
  readonly entry: Entry;
}

/** One of an object. Its name may be typed, so it is no key. */
export interface Member extends Item {
  readonly name: string;
}

export const absent: Entry = { kind: "absent" };
export const plain = (value: string | boolean | null): Entry => ({ kind: "plain", value });

/** What a form holds of a JSON text, digit by digit. Throws SyntaxError when it is none. */
export function entryOf(json: string): Entry {
  return JSON.parse(json, (_, value: unknown, { source }: { source?: string } = {}) => revived(value, source)) as Entry;
}

/** A value that is at hand, such as a default or one of an enum. */
export const entryOfValue = (value: unknown): Entry => (value === undefined ? absent : entryOf(JSON.stringify(value)));

// Called from the inside out: the parts of a list and of an object are entries by now.
function revived(value: unknown, source: string | undefined): Entry {
  if (typeof value === "number") return { kind: "number", text: source ?? String(value) };
  if (Array.isArray(value)) return { kind: "list", items: value.map((entry: Entry, id) => ({ id, entry })) };
  if (typeof value === "object" && value !== null)
    return { kind: "group", members: Object.entries(value as Record<string, Entry>).map(([name, entry], id) => ({ id, name, entry })) };
  return plain(value as string | boolean | null);
}

/** What is wrong with what was typed, by its place, as in `body.lines[0].sku`. */
export interface EntryFault {
  readonly field: string;
  readonly message: string;
}

/** An entry as JSON; undefined when it is absent. What cannot be written is in `faults`. */
export interface Written {
  readonly json: string | undefined;
  readonly faults: readonly EntryFault[];
}

/** Writes what was typed as JSON. `root` is where it stands, as in `body`. */
export function written(entry: Entry, root: string): Written {
  const faults: EntryFault[] = [];
  const json = write(entry, root, "");
  return { json, faults };

  function write(one: Entry, path: string, indent: string): string | undefined {
    const wrong = (message: string): undefined => {
      faults.push({ field: path, message });
    };
    switch (one.kind) {
      case "absent":
        return undefined;
      case "plain":
        return JSON.stringify(one.value);
      case "number":
        return numberText(one.text) ?? wrong("This is no number.");
      case "raw":
        return isJson(one.text) ? one.text.trim() : wrong("This is no JSON.");
      case "list":
        return wrapped(
          "[]",
          indent,
          one.items.map(({ entry: item }, at) => {
            const text = write(item, memberPath(path, String(at)), `${indent}  `);
            if (text === undefined && item.kind === "absent")
              faults.push({ field: memberPath(path, String(at)), message: "Fill this in, or remove it." });
            return text;
          }),
        );
      case "group":
        return wrapped(
          "{}",
          indent,
          one.members.map(({ name, entry: member }, at) => {
            const text = write(member, memberPath(path, name), `${indent}  `);
            if (text === undefined) return undefined;
            if (one.members.findIndex((other) => other.name === name && other.entry.kind !== "absent") < at)
              faults.push({ field: memberPath(path, name), message: "This name is there twice." });
            return `${JSON.stringify(name)}: ${text}`;
          }),
        );
    }
  }
}

function wrapped([open, close]: string, indent: string, parts: readonly (string | undefined)[]): string {
  const there = parts.filter((part) => part !== undefined);
  if (there.length === 0) return `${open}${close}`;
  return `${open}\n${there.map((part) => `${indent}  ${part}`).join(",\n")}\n${indent}${close}`;
}

/** A number as JSON writes it (RFC 8259 section 6), with the digits that were typed; undefined when it is none. */
function numberText(typed: string): string | undefined {
  const text = typed.trim();
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return text;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? String(Number(text)) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The place of a member or item, as the API writes places: `body.address.lines[0]`. */
export const memberPath = (path: string, name: string) => (/^\d+$/.test(name) ? `${path}[${name}]` : `${path}.${name}`);

/** What a group holds under a name; absent when there is nothing, or it is no group. */
export function memberOf(entry: Entry, name: string): Entry {
  return (entry.kind === "group" && entry.members.find((member) => member.name === name)?.entry) || absent;
}

/** The group with another entry under a name; what was absent, or no group, begins as one. */
export function withMember(entry: Entry, name: string, changed: Entry): Entry {
  const members = entry.kind === "group" ? entry.members : [];
  const isThere = members.some((member) => member.name === name);
  if (changed.kind === "absent") return { kind: "group", members: members.filter((member) => member.name !== name) };
  if (!isThere) return { kind: "group", members: [...members, { id: nextId(members), name, entry: changed }] };
  return { kind: "group", members: members.map((member) => (member.name === name ? { ...member, entry: changed } : member)) };
}

/** An id that none of these has. */
export const nextId = (items: readonly Item[]) => items.reduce((most, { id }) => Math.max(most, id), -1) + 1;

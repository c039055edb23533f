import type { Action, ActionBigQuery, ActionHTTP, ActionUpdate } from "@mooring/contract";

/** The action as it is sent back: what only answers have is left out, so that it compares by what it says. */
export function draftOf(action: Action): ActionUpdate {
  const { errors: _, ...kept } = action;
  return kept as ActionUpdate;
}

/** An action with links to definitions by name, as somebody would write it. */
export type HttpDraft = Extract<ActionUpdate, { type: "http" }>;
export type QueryDraft = Extract<ActionUpdate, { type: "bigquery" }>;

/** With what is an empty text left out, because that says nothing. */
export function withText<Draft extends object, Key extends keyof Draft & string>(draft: Draft, key: Key, value: string): Draft {
  const { [key]: _, ...rest } = draft;
  return (value === "" ? rest : { ...rest, [key]: value }) as Draft;
}

/** The JSON Pointer faults of the action as it is saved (RFC 6901), by the place in a body that the API would name: `parameters[0].name`. */
export function savedFaults({ errors = [] }: ActionHTTP | ActionBigQuery): ReadonlyMap<string, string> {
  return new Map(
    errors.map(({ field, message }) => {
      const parts = field
        .split("/")
        .slice(1)
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
      const path = parts.reduce((whole, part) => (/^\d+$/.test(part) ? `${whole}[${part}]` : whole === "" ? part : `${whole}.${part}`), "");
      return [path, message];
    }),
  );
}

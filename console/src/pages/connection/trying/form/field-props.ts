import { useQueryClient } from "@tanstack/react-query";
import { type ComponentType, createContext, useContext, useMemo } from "react";
import { type ReadSchema, schemaQuery } from "../../../../parts/schema-query.ts";
import type { Entry } from "./entry.ts";
import type { Documents, Place } from "./references.ts";
import type { KnownShape } from "./shape.ts";

/** A field of a form that was made from a schema. */
export interface FieldProps {
  readonly place: Place;
  readonly entry: Entry;
  /** Where it stands, as the API names it in a fault: `body.lines[0].sku`. */
  readonly path: string;
  readonly label: string;
  readonly isRequired: boolean;
  /** Whether it is one of a list: there it is wanted by being there, and nothing need say so. */
  readonly isItem?: boolean;
  readonly onChange: (entry: Entry) => void;
}

/** The same, once it is known what is asked for; `Field` is how its own parts are shown. */
export interface ShapedProps<Kind extends KnownShape["kind"] = KnownShape["kind"]> extends FieldProps {
  readonly shape: Extract<KnownShape, { kind: Kind }>;
  readonly Field: ComponentType<FieldProps>;
}

/** What all fields of a form share. */
export interface FormSetting {
  /** What is wrong, by path. */
  readonly faults: ReadonlyMap<string, string>;
  /** Whether files may stand where a schema says so, as in a form of several parts. */
  readonly takesFiles: boolean;
}

/** Given to all fields below it. */
export const FormContext = createContext<FormSetting>({ faults: new Map(), takesFiles: false });

/** What is wrong with one field; undefined when nothing is. */
export const useFault = (path: string) => useContext(FormContext).faults.get(path);

/** Whether something is wrong with a part of what stands at this path. */
export function useHasFaultWithin(path: string): boolean {
  const { faults } = useContext(FormContext);
  return [...faults.keys()].some((one) => one.startsWith(`${path}.`) || one.startsWith(`${path}[`));
}

/** The schemas that were read so far. Who needs another asks for it with `schemaQuery`. */
export function useDocuments(): Documents {
  const queries = useQueryClient();
  return useMemo(() => ({ get: (url) => queries.getQueryData<ReadSchema>(schemaQuery(url).queryKey) }), [queries]);
}

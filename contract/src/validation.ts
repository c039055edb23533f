import { createComponents, type Json } from "./components.ts";
import type { Operation } from "./operations/operation.ts";
import { type OperationId, operations } from "./operations.ts";
import { ErrorBody } from "./schemas/error.ts";

/**
 * Every operation's schemas for a validator such as Ajv (2020-12, with `discriminator`, and the formats ulid, uri and date-time).
 * `definitions` is added to it once; the schemas of operations refer to that, so each shape is compiled once, however often it is
 * used. That takes a fifth of the time that compiling the schemas of the table takes.
 */
export function validationSchemas(): ValidationSchemas {
  const { emit, all } = createComponents(`${definitionsId}#/$defs/`);
  const describe = ({ query, body, success, failures = {} }: Operation): OperationSchemas => ({
    ...(query && { query: emit(query) }),
    ...(body && { body: emit(body) }),
    ...(success.body && { answer: emit(success.body) }),
    failures: Object.fromEntries(
      Object.entries(failures).flatMap(([status, failure]) =>
        typeof failure === "object" && failure.body ? [[status, emit(failure.body)]] : [],
      ),
    ),
  });

  const byOperation = Object.entries<Operation>(operations).map(([id, operation]) => [id, describe(operation)]);
  const error = emit(ErrorBody);
  return { definitions: { $id: definitionsId, $defs: all() }, operations: Object.fromEntries(byOperation), error };
}

export interface ValidationSchemas {
  readonly definitions: { readonly $id: string; readonly $defs: Readonly<Record<string, Json>> };
  readonly operations: Readonly<Record<OperationId, OperationSchemas>>;
  /** What every failure answers with. */
  readonly error: Json;
}

export interface OperationSchemas {
  readonly query?: Json;
  readonly body?: Json;
  readonly answer?: Json;
  /** By status, where a failure answers with more than `error`. */
  readonly failures: Readonly<Record<string, Json>>;
}

const definitionsId = "mooring";

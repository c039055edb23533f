import type { ErrorBody, ErrorField } from "@mooring/contract";

/** A request that Mooring refused, or that did not reach it (`status` 0). `message` says what to do about it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly ErrorField[];
  /** The whole answer; some have more than an `Error` has. */
  readonly body: unknown;

  constructor(status: number, { code, message, fields = [] }: ErrorBody, body: unknown) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.body = body;
  }
}

/** What to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong. Try again.";
}

/** What is wrong with one field of a form, by its path in the body; undefined when nothing is. */
export function fieldFault(error: unknown, field: string): string | undefined {
  if (!(error instanceof Refusal)) return undefined;
  return error.fields.find((one) => one.field === field)?.message;
}

/** Whether somebody else changed it since it was read (`If-Match`). */
export const isConflict = (error: unknown) => error instanceof Refusal && error.status === 412 && error.code === "precondition_failed";

import { Problem } from "../kernel/errors.ts";

/** A `Problem` malformed_document whose message begins with line and column, both from 1, of the character at `at`. */
export function documentFault(text: string, at: number, message: string): Problem {
  const { line, column } = placeOf(text, at);
  return new Problem("malformed_document", { message: `Line ${line}, column ${column}: ${message}` });
}

function placeOf(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", end + 1)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: at - start + 1 };
}

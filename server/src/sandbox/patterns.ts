import { RE2JS } from "re2js";

/** What Ajv needs of a regular expression. */
export interface Pattern {
  test(text: string): boolean;
  toString(): string;
}

/**
 * A pattern of JSON Schema, run in time proportional to the text (RE2, J-4). Throws an Error that says what is not possible: lookaround,
 * backreferences, and what would be too large. `.` and `\s` are RE2's: all but a line feed, and the blanks of ASCII.
 */
export function compilePattern(source: string): Pattern {
  if (source.length > sourceMax) throw new Error(`it is longer than ${sourceMax} characters`);
  if (lookaround.test(source)) throw new Error("lookahead and lookbehind are not possible");
  if (backreference.test(source)) throw new Error("backreferences are not possible");
  const compiled = compile(source);
  if (compiled.programSize() > programMax) throw new Error("it is too large; use smaller counts in braces");
  return { test: (text) => compiled.test(text), toString: () => source };
}

/** What is wrong with a pattern, as the end of a sentence; undefined when it can be used. */
export function patternFault(source: string): string | undefined {
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source.replace(propertyNames, "\\$1{$2}")));
  } catch (error) {
    throw new Error(reasonOf(error as Error));
  }
}

// RE2's own words quote a part of the pattern, which is the user's.
function reasonOf({ message }: Error): string {
  if (message.includes("repeat count")) return "a count in braces may be at most 1000, and so may counts inside one another together";
  return message.replace(/^error parsing regexp: /, "");
}

// Looked for outside of classes and behind no backslash.
const before = /^(?:[^\\[]|\\[\s\S]|\[(?:[^\\\]]|\\[\s\S])*\])*?/.source;
const lookaround = new RegExp(`${before}\\(\\?<?[=!]`);
const backreference = new RegExp(`${before}\\\\(?:[1-9]|k<)`);
const propertyNames = /\\([pP])\{(?:Script|sc|General_Category|gc)=(\w+)\}/g;

const sourceMax = 10_000;
// Of instructions: `[a-z]{1,1000}` has 2,001.
const programMax = 2_500;

/** Any text as a literal of TypeScript: nothing in it can end the literal. */
export const literal = (text: string): string => JSON.stringify(text);

/** Lines, each `depth` steps further in. */
export const indented = (text: string, depth = 1): string => text.replaceAll(/^(?=.)/gm, "  ".repeat(depth));

/** A comment for people above a declaration; empty when there is nothing to say. Nothing in it can end it, or speak to the compiler. */
export function commented(texts: readonly (string | undefined)[]): string {
  const text = texts.flatMap((one) => (one === undefined || one.trim() === "" ? [] : [one.trim()])).join("\n\n");
  if (text === "") return "";
  const safe = text.replaceAll("*/", "*\\/").replaceAll("@ts-", "@ ts-");
  // Every kind of line end is one here; other control characters are left out.
  const lines = safe.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => line.replaceAll(/\p{Cc}/gu, " ").trimEnd());
  if (lines.length === 1) return `/** ${lines[0]} */\n`;
  return `/**\n${lines.map((line) => (line === "" ? " *\n" : ` * ${line}\n`)).join("")} */\n`;
}

/** Names for declarations: valid in TypeScript, and each given once. */
export function createTypeNames(taken: readonly string[]): (wanted: string) => string {
  const given = new Set(taken);
  const counts = new Map<string, number>();
  return (wanted) => {
    const cleaned = wanted.replaceAll(/[^A-Za-z0-9_$]+/g, "_").replace(/^(?=[0-9])/, "_") || "_";
    const base = reserved.has(cleaned) ? `${cleaned}_` : cleaned;
    let name = base;
    while (given.has(name)) {
      const count = (counts.get(base) ?? 1) + 1;
      counts.set(base, count);
      name = `${base}_${count}`;
    }
    given.add(name);
    return name;
  };
}

/** What TypeScript does not take as the name of a type, or takes for another one. */
const reserved = new Set(
  (
    "any unknown never void null undefined string number boolean symbol object bigint break case catch class const continue debugger " +
    "default delete do else enum export extends false finally for function if import in instanceof new return super switch this throw " +
    "true try typeof var while with yield let static implements interface package private protected public await async asserts " +
    "infer is keyof readonly require type declare namespace module abstract as from global of unique intrinsic"
  ).split(" "),
);

/**
 * What a query in GoogleSQL asks for from outside: the names behind `@`, each once and as first written, and whether it has a `?`. Looks at
 * neither strings, quoted names nor comments. It reads no more of the language than that, and never throws.
 */
export function parametersIn(sql: string): SqlParameters {
  const names = new Map<string, string>();
  let hasPositional = false;
  let at = 0;
  while (at < sql.length) {
    const end = quotedEnd(sql, at) ?? commentEnd(sql, at);
    if (end !== undefined) {
      at = end;
      continue;
    }
    word.lastIndex = at;
    const [found = "", name] = word.exec(sql) ?? [];
    if (name !== undefined && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
    hasPositional ||= found === "" && sql[at] === "?";
    at += Math.max(1, found.length);
  }
  return { names: [...names.values()], hasPositional };
}

export interface SqlParameters {
  readonly names: readonly string[];
  readonly hasPositional: boolean;
}

/** A system variable with both its signs, or a parameter. */
const word = /@@[A-Za-z0-9_.]*|@([A-Za-z_][A-Za-z0-9_]*)/y;

/** Where the string or quoted name that begins at `at` is over; undefined when none does. In raw strings, too, a backslash keeps a quote from ending them. */
function quotedEnd(sql: string, at: number): number | undefined {
  const quote = sql[at];
  if (quote !== "'" && quote !== '"' && quote !== "`") return undefined;
  const triple = quote.repeat(3);
  const mark = quote !== "`" && sql.startsWith(triple, at) ? triple : quote;
  let next = at + mark.length;
  while (next < sql.length) {
    if (sql[next] === "\\") next += 2;
    else if (sql.startsWith(mark, next)) return next + mark.length;
    else next += 1;
  }
  return sql.length;
}

function commentEnd(sql: string, at: number): number | undefined {
  const isLine = sql[at] === "#" || sql.startsWith("--", at);
  if (!isLine && !sql.startsWith("/*", at)) return undefined;
  const mark = isLine ? "\n" : "*/";
  const end = sql.indexOf(mark, at + (isLine ? 0 : 2));
  return end === -1 ? sql.length : end + mark.length;
}

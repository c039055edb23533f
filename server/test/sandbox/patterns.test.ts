import { describe, expect, it } from "vitest";
import { compilePattern, patternFault } from "../../src/sandbox/patterns.ts";
import { trials } from "../harness/profile.ts";

const length = 100_000;

/** Patterns that make an engine that goes back over its text take time without end, and a text for each: by what is ambiguous in them. */
function attacks(): { readonly pattern: string; readonly text: string }[] {
  const atoms = ["a", "[a-z]", "\\w", "[^x]", "(?:a|b)", ".", "\\S", "[ab]"];
  const ends = ["$", "!", "x", "\\d$", "(?:!|$)"];
  const shapes: ((atom: string) => string)[] = [
    (atom) => `^(${atom}+)+`,
    (atom) => `^(${atom}*)*`,
    (atom) => `(${atom}|${atom}${atom})+`,
    (atom) => `(${atom}+${atom}+)+`,
    (atom) => `(${atom}|${atom}?)+`,
    (atom) => `^(${atom}{1,20})*`,
    (atom) => `${atom}*${atom}*${atom}*${atom}*`,
    (atom) => `(.*${atom}){8}`,
  ];
  const made = atoms.flatMap((atom) =>
    shapes.flatMap((shape) => ends.map((end) => ({ pattern: `${shape(atom)}${end}`, text: `${"a".repeat(length - 1)}!` }))),
  );
  return [
    ...made,
    ...known.map(([pattern, text]) => ({ pattern, text: `${text.repeat(Math.ceil(length / text.length)).slice(0, length - 1)}!` })),
  ];
}

// Shapes that were found in real programs: addresses, markup, versions, dates.
const known: readonly (readonly [pattern: string, text: string])[] = [
  ["^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$", "a"],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", "a"],
  ["^(\\w+\\s?)*$", "aaaa "],
  ["(<[^>]*>)*</", "<a"],
  ["^\\s*(\\d+\\s*,?\\s*)+$", "1 1"],
  ["(\\/\\*[\\s\\S]*?\\*\\/)*x", "/*a"],
  ["^(?:.?)+$x", "a"],
  ["\\s+$", " "],
  ['(?:\\.|[^\\\\"])*"$', "\\."],
  ["^(\\d{1,3}\\.){3}\\d{1,3}(,(\\d{1,3}\\.){3}\\d{1,3})*$", "1.1.1.1,"],
];

describe("A pattern that a user wrote (J-4)", () => {
  it("takes time in proportion to the text: 300 that are made to take forever are through", () => {
    const corpus = attacks();
    const refused = corpus.filter(({ pattern }) => patternFault(pattern) !== undefined);
    let slowest = { ms: 0, pattern: "" };
    let total = 0;
    for (const { pattern, text } of corpus) {
      if (patternFault(pattern) !== undefined) continue;
      const compiled = compilePattern(pattern);
      const before = performance.now();
      compiled.test(text);
      const ms = performance.now() - before;
      total += ms;
      if (ms > slowest.ms) slowest = { ms, pattern };
    }
    const shown = `${corpus.length} patterns of ${length} characters each, ${refused.length} refused: ${Math.round(total)} ms in all`;
    // biome-ignore lint/suspicious/noConsole: how much it took is worth knowing, and nothing to fail by
    console.info(`${shown}, the slowest ${slowest.ms.toFixed(1)} ms (${slowest.pattern})`);
    expect(corpus.length).toBeGreaterThanOrEqual(300);
    expect(refused).toEqual([]);
  });

  it.each([
    "^(?=.*\\d).{8,}$",
    "^(?!admin)\\w+$",
    "(?<=\\$)\\d+",
    "(?<!a)b",
    "(a+)\\1",
    "(?<q>['\"]).*\\k<q>",
    "((a{100}){100}){100}",
    "(a{0,900}){900}",
    "(.*a){1000}",
  ])("%s is refused", (pattern) => {
    expect(patternFault(pattern)).toMatch(/not possible|at most 1000|too large/);
  });

  it.each([
    ["\\(?=a", "(=a"],
    ["[(?=]", "?"],
    ["\\\\1", "\\1"],
    ["^[^\\s@]+@[^\\s@]+$", "a@b"],
    ["^\\p{Script=Greek}+$", "αβγ"],
    ["^\\u0041\\x42\\cI$", "AB\t"],
    ["^\\/a\\-b$", "/a-b"],
    ["^(?<year>\\d{4})$", "2024"],
    ["^[\\w.-]{1,1000}$", "a.b-c"],
  ])("%s means what it means in JavaScript", (pattern, text) => {
    expect(patternFault(pattern)).toBeUndefined();
    expect(compilePattern(pattern).test(text)).toBe(new RegExp(pattern, pattern.includes("\\p") ? "u" : "").test(text));
    expect(compilePattern(pattern).test(text)).toBe(true);
  });

  it("says the same as JavaScript of every text", () => {
    const parts = ["a", "b", "[ab]", "[^a]", "\\d", "\\w", "a?", "b*", "(a|b)+", "^", "$", "a{2}", "\\b", "(?:ab)*", "1"];
    const any = (seed: number, list: readonly string[]) => list[seed % list.length] as string;
    for (let seed = 1; seed < trials({ change: 2_000, long: 200_000 }); seed++) {
      const at = (place: number) => Math.floor(Math.abs(Math.sin(seed * 12.9898 + place * 78.233)) * 43_758);
      const pattern = Array.from({ length: 1 + (seed % 5) }, (_, place) => any(at(place), parts)).join("");
      const text = Array.from({ length: seed % 9 }, (_, place) => any(at(place + 50), ["a", "b", "1", "-"])).join("");
      // A quantifier behind an anchor is of JavaScript's older grammar alone.
      expect([pattern, text, compilePattern(pattern).test(text)]).toEqual([pattern, text, new RegExp(pattern).test(text)]);
    }
  });
});

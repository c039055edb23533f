import { describe, expect, it } from "vitest";
import { parametersIn } from "../../src/domain/sql-parameters.ts";

describe("the parameters of a query", () => {
  it.each<[string, string[]]>([
    ["SELECT @a, @b2, @_c", ["a", "b2", "_c"]],
    ["SELECT @a, @A, @a", ["a"]],
    ["SELECT x@y", ["y"]],
    ["SELECT '@a', \"@b\", `@c`, @d", ["d"]],
    [String.raw`SELECT 'it\'s @a', "\"@b", @c`, ["c"]],
    [String.raw`SELECT r'\'@a', R"\"@b", b'@c', rb'@d', bR'@e', @f`, ["f"]],
    [String.raw`SELECT '\\', @a, '\\@b'`, ["a"]],
    [`SELECT '''it's "@a" ''@b''', """"@c"" \\"""@d""", @e`, ["e"]],
    ["SELECT '', @a, \"\", @b", ["a", "b"]],
    ["SELECT @a -- @b\n, @c # @d\r\n, @e /* @f\n -- */, @g", ["a", "c", "e", "g"]],
    ["SELECT @a /* not /* nested @b */ @c", ["a", "c"]],
    ["SELECT '--', @a, '/*', @b, '#', @c", ["a", "b", "c"]],
    ["SELECT -- '\n@a", ["a"]],
    ["SELECT @@session_id, @@query.label, @a", ["a"]],
    ["SELECT * FROM t@{hint=1} WHERE @a", ["a"]],
    ["SELECT 1 - -1, 4 / 2, @a", ["a"]],
    ["SELECT 'never ends @a", []],
    ["SELECT /* never ends @a", []],
    ["SELECT @a /*", ["a"]],
    ["SELECT `never ends @a", []],
    ["@", []],
    ["@1", []],
    ["", []],
  ])("of %s", (sql, names) => {
    expect(parametersIn(sql).names).toEqual(names);
  });

  it.each([
    ["SELECT ?", true],
    ["SELECT '?', `?` -- ?\n /* ? */ # ?", false],
  ])("without a name are seen: %s", (sql, isThere) => {
    expect(parametersIn(sql).hasPositional).toBe(isThere);
  });

  it("are found in any text of 100,000 characters at once", () => {
    for (const piece of ["'", '"""', "\\", "`", "@", "@a", "/*", "*/", "--", "r'", "a", "?"]) {
      expect(() => parametersIn(piece.repeat(100_000 / piece.length))).not.toThrow();
    }
  });
});

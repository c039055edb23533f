import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encoders } from "../../src/protocols/http/encoders.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

const placeholder = { namespace: "param", name: "x" } as const;
const encoded = (place: keyof typeof encoders, value: string) => encoders[place](value, placeholder);
const unfit = expect.objectContaining({ code: "template_unresolved", status: 422, message: expect.stringContaining("{{ param.x }}") });

const pieces = [
  "/",
  "\\",
  ".",
  "..",
  "%2e",
  "%2f",
  "%5c",
  "%25",
  ";",
  "?",
  "#",
  "&",
  "=",
  "+",
  " ",
  "%",
  '"',
  "{{ env.b }}",
  "__proto__",
  "é漢",
];
const values = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join("")),
);

/** Every value that is taken comes out as `decode` reads it; how often one was refused is nobody's promise. */
function roundTrip(place: keyof typeof encoders, decode: (text: string) => unknown): void {
  fc.assert(
    fc.property(values, (value) => {
      const text = tried(() => encoded(place, value));
      if (text !== undefined) expect(decode(text)).toBe(value);
    }),
    { numRuns: trials({ change: 10_000, long: 1_000_000 }) },
  );
}

describe("a value in a path (I-2)", () => {
  it.each([
    "",
    ".",
    "..",
    "%2e",
    "%2E%2e",
    ".%2e",
    "%252e%252e",
    "%25252e",
    "a/..",
    "../a",
    "..\\a",
    "a/./b",
    "..;a=b",
    "..%3Ba",
    "a%2f..",
    "a%255c..",
  ])("%j is refused", (value) => {
    expect(() => encoded("path", value)).toThrow(unfit);
  });

  it.each([
    { value: "7", text: "7" },
    { value: "a b/c", text: "a%20b%2Fc" },
    { value: "...", text: "..." },
    { value: "..a", text: "..a" },
    { value: "%41", text: "%2541" },
    { value: "é漢😀", text: "%C3%A9%E6%BC%A2%F0%9F%98%80" },
    { value: "!'()*;:@&=+$,?#[]", text: "%21%27%28%29%2A%3B%3A%40%26%3D%2B%24%2C%3F%23%5B%5D" },
    { value: "{{ env.b }}", text: "%7B%7B%20env.b%20%7D%7D" },
  ])("$value becomes $text", ({ value, text }) => {
    expect(encoded("path", value)).toBe(text);
  });

  it("is read back by the outside system, as one segment of an unchanged address", { timeout: propertyTimeoutMs }, () => {
    roundTrip("path", (text) => {
      const url = new URL(`https://api.example.com/a/${text}/b`);
      expect(url.origin).toBe("https://api.example.com");
      expect(url.search + url.hash).toBe("");
      const segments = url.pathname.split("/");
      expect(segments.length).toBe(4);
      return decodeURIComponent(segments[2] ?? "");
    });
  });
});

describe("a value in a query (I-3)", () => {
  it("is read back by the outside system, as a name and as a value", { timeout: propertyTimeoutMs }, () => {
    roundTrip("query", (text) => {
      const read = [...new URL(`https://api.example.com/?a=1&${text}=${text}&b=2`).searchParams];
      if (read.length === 3) expect(read[1]?.[0]).toBe(read[1]?.[1]);
      return read.length === 3 ? read[1]?.[1] : undefined;
    });
  });

  it("is refused when half a character is in it", () => {
    expect(() => encoded("query", "\ud800")).toThrow(unfit);
  });
});

describe("a value in a header (I-3)", () => {
  it.each(["a\r\nX-Evil: 1", "\n", "\0", "\x7f", " a", "a ", "\ta", "\u0100", "😀"])("%j is refused", (value) => {
    expect(() => encoded("header", value)).toThrow(unfit);
  });

  it("is read back by the outside system", { timeout: propertyTimeoutMs }, () => {
    roundTrip("header", (text) => new Headers([["x", text]]).get("x"));
  });
});

describe("a value in a cookie (I-3)", () => {
  it.each([";", ",", " ", '"', "\\", "é", "a\n"])("%j is refused", (value) => {
    expect(() => encoded("cookie", value)).toThrow(unfit);
  });

  it("is read back by the outside system", { timeout: propertyTimeoutMs }, () => {
    roundTrip("cookie", (text) => /^a=1; x=([^;]*); b=2$/.exec(`a=1; x=${text}; b=2`)?.[1]?.trim());
  });
});

describe("a value in JSON (I-3)", () => {
  it("is read back by the outside system", { timeout: propertyTimeoutMs }, () => {
    roundTrip("json", (text) => {
      const { x } = JSON.parse(`{"a":1,"x":"<${text}>"}`) as { x: string };
      return x.slice(1, -1);
    });
  });
});

function tried<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    expect(error).toEqual(unfit);
    return undefined;
  }
}

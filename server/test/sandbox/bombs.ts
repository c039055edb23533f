/** Files that were made to harm whoever reads them, each with a name: none may be read, and each must be answered. */
export function bombs(): { readonly name: string; readonly bytes: Uint8Array }[] {
  const texts: Record<string, string> = {
    ...Object.fromEntries([5, 9, 20].map((levels) => [`billion laughs of ${levels} levels`, laughs(levels, 9)])),
    ...Object.fromEntries([40, 300].map((width) => [`three levels of ${width} aliases each`, laughs(3, width)])),
    "laughs in maps": `a: &a {x: 1, y: 2}\n${nested(8, (level) => `${name(level + 1)}: &${name(level + 1)} {${list(9, (at) => `k${at}: *${name(level)}`)}}`)}`,
    "an alias inside of what it stands for": "a: &a [*a, *a]",
    "an alias in circles": "a: &a {b: &b {c: *a, d: *b}}",
    "an alias for nothing": "a: *b",
    "101 aliases": `a: &a 1\nb: [${list(101, () => "*a")}]`,
    ...Object.fromEntries([65, 1_000, 10_000, 100_000].flatMap((depth) => deep(depth))),
    "values without end, JSON": `[${"1,".repeat(3_000_000)}1]`,
    "values without end, YAML": "- 1\n".repeat(350_000),
    "empty objects without end": `[${"{},".repeat(1_000_000)}{}]`,
    "a huge key, JSON": `{"${"k".repeat(100_000)}":1}`,
    "a huge key, YAML": `? ${"k".repeat(100_000)}\n: 1\n`,
    "a key of 5 MB": `{"${"k".repeat(5_000_000)}":1}`,
    "a key twice, JSON": '{"a":{"b":1,"c":2,"b":3}}',
    "a key twice, once escaped": '{"ab":1,"a\\u0062":2}',
    "a key twice, far apart": `{"a":1,${list(50_000, (at) => `"k${at}":1`)},"a":2}`,
    "a key twice, YAML": "a:\n  b: 1\n  b: 2\n",
    "a key as a number and as a text": '200: 1\n"200": 2\n',
    "__proto__ as a key, JSON": '{"__proto__":{"polluted":true}}',
    "__proto__ escaped": '{"\\u005f_proto__":{"polluted":true}}',
    "__proto__ as a key, YAML": "__proto__:\n  polluted: true\n",
    "__proto__ merged in": "a: &a {__proto__: {polluted: true}}\nb:\n  <<: *a\n",
    "a merge key": "a: &a {b: 1}\nc:\n  <<: *a\n",
    "a merge key by directive": "%YAML 1.1\n---\na: &a {b: 1}\nc:\n  <<: *a\n",
    "a tag that makes a function": "a: !!js/function 'function () { return 1 }'\n",
    "a tag that makes an object": "a: !!python/object/apply:os.system ['true']\n",
    "a binary": "a: !!binary aGVsbG8=\n",
    "a set": "a: !!set {b, c}\n",
    "a tag of its own": "a: !secret b\n",
    "several documents": "a: 1\n---\nb: 2\n",
    "documents without end": "--- a\n".repeat(20_000),
    "a number that is none": "a: .nan\n",
    infinity: "a: .inf\n",
    "a list as a key": "? [a, b]\n: 1\n",
    truncated: '{"openapi":"3.1.0","paths":{"/a":{"get"',
    "truncated in a text": '{"openapi":"3.1.',
    "truncated YAML": "a: [1, 2\n",
    "a comma too many": '{"a":1,}',
    "single quotes": "{'a':1}",
    "a comment": '{"a":1 /* one */}',
    "something behind the end": '{"a":1}{"b":2}',
    "a lone quote": '{"a":"',
    "quotes without end": `{"a":${'"'.repeat(500_001)}`,
    "backslashes without end": `{"a":"${"\\".repeat(1_000_001)}`,
    "commas without end": `[${",".repeat(1_000_000)}]`,
    "colons without end": `{"a"${":".repeat(1_000_000)}1}`,
    "question marks without end": "? ".repeat(50_000),
    "tabs as indentation": "a:\n\t- b\n\t- c\n",
    nothing: "",
    blanks: " \n".repeat(100_000),
    "a control character": '{"a":"\u0001"}',
  };
  const bytes: Record<string, Uint8Array> = {
    "UTF-16, little end first": Buffer.from('\ufeff{"a":1}', "utf16le"),
    "UTF-16, big end first": Buffer.from('\ufeff{"a":1}', "utf16le").swap16(),
    "UTF-16 without a mark": Buffer.from('{"a":1}', "utf16le"),
    "UTF-32": Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]),
    "Latin 1": Buffer.from('{"a":"caf\u00e9"}', "latin1"),
    "half a character": Buffer.from('{"a":"\u20ac"}').subarray(0, 8),
    "half a surrogate in UTF-8": Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    "more bytes than may be": Buffer.alloc(33 * 1024 * 1024, "[1]"),
    zeros: Buffer.alloc(100_000),
    "a packed file": Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0x56, 0x4a, 0x04, 0]),
  };
  const fromTexts = Object.entries(texts).map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }));
  return [...fromTexts, ...Object.entries(bytes).map(([name, given]) => ({ name, bytes: given }))];
}

function laughs(levels: number, width: number): string {
  return `${name(0)}: &${name(0)} [${list(width, () => "lol")}]\n${nested(levels, (level) => `${name(level + 1)}: &${name(level + 1)} [${list(width, () => `*${name(level)}`)}]`)}`;
}

function deep(depth: number): [string, string][] {
  return [
    [`${depth} lists, JSON`, "[".repeat(depth) + "]".repeat(depth)],
    [`${depth} objects, JSON`, `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`],
    [`${depth} open brackets`, "[".repeat(depth)],
    [`${depth} lists, YAML`, `a: ${"[".repeat(depth)}${"]".repeat(depth)}`],
    [`${depth} dashes`, "- ".repeat(Math.min(depth, 10_000))],
  ];
}

const name = (level: number) => `a${level}`;
const list = (count: number, item: (at: number) => string) => Array.from({ length: count }, (_, at) => item(at)).join(",");
const nested = (levels: number, line: (level: number) => string) => Array.from({ length: levels }, (_, level) => line(level)).join("\n");

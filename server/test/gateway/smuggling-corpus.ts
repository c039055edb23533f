/** One connection's worth of bytes, with `/hidden` where a server that reads it otherwise than we do would find a request of its own. */
export interface Case {
  readonly name: string;
  /** `at` is what every path begins with. */
  readonly text: (at: string) => string;
}

const hiddenOf = (at: string) => `GET ${at}/hidden HTTP/1.1\r\nHost: m\r\n\r\n`;
const last = (at: string) => `GET ${at}/last HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n`;
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** A POST with these header lines, then `body`, then one more request. */
const post = (name: string, lines: (length: number) => string, body: (hidden: string) => string = (hidden) => hidden): Case => ({
  name,
  text: (at) => {
    const hidden = hiddenOf(at);
    return `POST ${at}/a HTTP/1.1\r\nHost: m\r\n${lines(hidden.length)}\r\n${body(hidden)}${last(at)}`;
  },
});

const shown = (text: string) => JSON.stringify(text);

const spellings = (name: string) => [
  name,
  name.toLowerCase(),
  name.toUpperCase(),
  name.replaceAll("-", "_"),
  `${name} `,
  ` ${name}`,
  `${name}\t`,
  `${name}\0`,
  `\x0b${name}`,
  `X-${name}`,
];

const lengths = (n: number): string[] => [
  `${n}`,
  `0${n}`,
  `+${n}`,
  `-${n}`,
  `0x${n.toString(16)}`,
  `${n},${n}`,
  `${n}, 0`,
  `${n} 0`,
  `"${n}"`,
  `${n}\t`,
  `${n}\x0b`,
  `${n}.0`,
  `${n};a=b`,
  `1e1`,
  "",
  "0",
  "99999999999999999999999",
];

const codings = [
  "chunked",
  "Chunked",
  " chunked",
  "chunked ",
  "\tchunked",
  "chunked\t",
  "\x0bchunked",
  "chunked, chunked",
  "chunked,",
  ",chunked",
  "identity",
  "identity, chunked",
  "gzip",
  "gzip, chunked",
  "xchunked",
  "chunkedx",
  "chunked;q=1",
  '"chunked"',
  "",
];

const byLength = spellings("Content-Length").flatMap((name) =>
  lengths(0).map((_, which) => post(`length ${shown(name)} in spelling ${which}`, (n) => `${name}: ${lengths(n)[which]}\r\n`)),
);

const byCoding = spellings("Transfer-Encoding").flatMap((name) =>
  codings.map((coding) => post(`coding ${shown(name)}: ${shown(coding)}`, () => `${name}: ${coding}\r\n`, chunked)),
);

const both = ["chunked", "Chunked", "identity", "xchunked", "chunked, identity"].flatMap((coding) =>
  [0, 1, 15].flatMap((which) =>
    [
      (n: number) => [`Content-Length: ${lengths(n)[which]}`, `Transfer-Encoding: ${coding}`],
      (n: number) => [`Transfer-Encoding: ${coding}`, `Content-Length: ${lengths(n)[which]}`],
      (n: number) => [`Content-Length: ${lengths(n)[which]}`, `X-Between: 1`, `Transfer-Encoding: ${coding}`, `Content-Length: ${n}`],
    ].flatMap((lines, order) => [
      post(`length ${which} and ${coding}, order ${order}`, (n) => `${lines(n).join("\r\n")}\r\n`),
      post(`length ${which} and ${coding}, order ${order}, in chunks`, (n) => `${lines(n).join("\r\n")}\r\n`, chunked),
    ]),
  ),
);

const endings = ["\n", "\r", "\r\r\n", "\n\r", "\r\n\n", "\r\n ", "\r\n\t", "\r\n\r", "\0\r\n", "\x85", "\u2028"].flatMap((end) => [
  post(`a line that ends with ${shown(end)}`, (n) => `X-A: 1${end}Content-Length: ${n}\r\n`),
  post(`a length that ends with ${shown(end)}`, (n) => `Content-Length: ${n}${end}X-A: 1\r\n`),
  post(`a coding that ends with ${shown(end)}`, () => `Transfer-Encoding: chunked${end}X-A: 1\r\n`, chunked),
]);

const sizes = [
  "+5",
  "-5",
  "0x5",
  "5 ",
  " 5",
  "5\t",
  "5;",
  "5;a",
  "5;a=b",
  `5;a="\r\n"`,
  "5;\n",
  "05",
  "0000000000000005",
  "5_",
  "5g",
  "",
  "\0",
  "5,5",
  "5.0",
  "fffffffffffffffff5",
];
const chunks = sizes.flatMap((size) => [
  post(
    `a chunk of the size ${shown(size)}`,
    () => "Transfer-Encoding: chunked\r\n",
    (hidden) => `${size}\r\nhello\r\n0\r\n\r\n${hidden}`,
  ),
  post(
    `a last chunk of the size ${shown(size.replace("5", "0"))}`,
    () => "Transfer-Encoding: chunked\r\n",
    (hidden) => `5\r\nhello\r\n${size.replace("5", "0")}\r\n\r\n${hidden}`,
  ),
]);

const chunkEnds = ["\n", "\r", "", "\r\r\n", "x\r\n", "\r\nx"].flatMap((end) => [
  post(
    `a chunk whose size ends with ${shown(end)}`,
    () => "Transfer-Encoding: chunked\r\n",
    (hidden) => `5${end}hello\r\n0\r\n\r\n${hidden}`,
  ),
  post(
    `a chunk that ends with ${shown(end)}`,
    () => "Transfer-Encoding: chunked\r\n",
    (hidden) => `5\r\nhello${end}0\r\n\r\n${hidden}`,
  ),
  post(
    `a body that ends with ${shown(end)}`,
    () => "Transfer-Encoding: chunked\r\n",
    (hidden) => `5\r\nhello\r\n0\r\n${end}${hidden}`,
  ),
]);

const trailers = ["Content-Length: 9", "Transfer-Encoding: chunked", "Host: n", "X: 1\n Y: 2", " X: 1", "X : 1", "X", ": 1", "X: \0"].map(
  (line) =>
    post(
      `the trailer ${shown(line)}`,
      () => "Transfer-Encoding: chunked\r\n",
      (hidden) => `5\r\nhello\r\n0\r\n${line}\r\n\r\n${hidden}`,
    ),
);

const controls = Array.from({ length: 33 }, (_, at) => String.fromCharCode(at === 32 ? 127 : at)).flatMap((control) => [
  post(`the character ${shown(control)} in a value`, (n) => `X-A: 1${control}2\r\nContent-Length: ${n}\r\n`),
  post(`the character ${shown(control)} in a name`, (n) => `X${control}A: 1\r\nContent-Length: ${n}\r\n`),
]);

const startLines = [
  (at: string) => `GET  ${at}/a HTTP/1.1`,
  (at: string) => `GET\t${at}/a HTTP/1.1`,
  (at: string) => `GET ${at}/a\tHTTP/1.1`,
  (at: string) => `GET ${at}/a HTTP/1.1 `,
  (at: string) => ` GET ${at}/a HTTP/1.1`,
  (at: string) => `GET ${at}/a b HTTP/1.1`,
  (at: string) => `GET ${at}/a HTTP/1.1 HTTP/1.1`,
  (at: string) => `GET ${at}/a`,
  (at: string) => `GET ${at}/a HTTP/0.9`,
  (at: string) => `GET ${at}/a HTTP/2`,
  (at: string) => `GET ${at}/a HTTP/1.10`,
  (at: string) => `GET ${at}/a http/1.1`,
  (at: string) => `G\0T ${at}/a HTTP/1.1`,
  (at: string) => `GET http://n${at}/a HTTP/1.1`,
  (at: string) => `\r\nGET ${at}/a HTTP/1.1`,
  (at: string) => `\n\nGET ${at}/a HTTP/1.1`,
  (at: string) => `PRI * HTTP/2.0`.concat(at.slice(0, 0)),
].map((line, which): Case => ({ name: `start line ${which}`, text: (at) => `${line(at)}\r\nHost: m\r\n\r\n${hiddenOf(at)}${last(at)}` }));

const hosts = [
  "",
  "Host: m\r\nHost: m\r\n",
  "Host: m\r\nhost: n\r\n",
  "Host : m\r\n",
  "Host: m, n\r\n",
  "Host:\r\n",
  "Host: m\r\n Host: n\r\n",
].map(
  (lines, which): Case => ({
    name: `hosts ${which}`,
    text: (at) => `GET ${at}/a HTTP/1.1\r\n${lines}\r\n${hiddenOf(at)}${last(at)}`,
  }),
);

/** Every case, made from what parsers of HTTP/1.1 are known to read differently (S-7). */
export const corpus: readonly Case[] = [byLength, byCoding, both, endings, chunks, chunkEnds, trailers, controls, startLines, hosts].flat();

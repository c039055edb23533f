import { BlockList } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { classify, parseAddress } from "../../src/net/addresses.ts";
import { trials } from "../harness/profile.ts";

const reach = (address: string) => classify(address).reach;

// First and last address of each special block, written out by hand from the IANA registries, and not from the product's table.
const special: readonly (readonly [block: string, first: string, last: string])[] = [
  ["0.0.0.0/8", "0.0.0.0", "0.255.255.255"],
  ["10.0.0.0/8", "10.0.0.0", "10.255.255.255"],
  ["100.64.0.0/10", "100.64.0.0", "100.127.255.255"],
  ["127.0.0.0/8", "127.0.0.0", "127.255.255.255"],
  ["169.254.0.0/16", "169.254.0.0", "169.254.255.255"],
  ["172.16.0.0/12", "172.16.0.0", "172.31.255.255"],
  ["192.0.0.0/24", "192.0.0.0", "192.0.0.255"],
  ["192.0.2.0/24", "192.0.2.0", "192.0.2.255"],
  ["192.31.196.0/24", "192.31.196.0", "192.31.196.255"],
  ["192.52.193.0/24", "192.52.193.0", "192.52.193.255"],
  ["192.88.99.0/24", "192.88.99.0", "192.88.99.255"],
  ["192.168.0.0/16", "192.168.0.0", "192.168.255.255"],
  ["192.175.48.0/24", "192.175.48.0", "192.175.48.255"],
  ["198.18.0.0/15", "198.18.0.0", "198.19.255.255"],
  ["198.51.100.0/24", "198.51.100.0", "198.51.100.255"],
  ["203.0.113.0/24", "203.0.113.0", "203.0.113.255"],
  ["224.0.0.0/3", "224.0.0.0", "255.255.255.255"],
  ["168.63.129.16/32", "168.63.129.16", "168.63.129.16"],
  ["2001::/23", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2002::/16", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2620:4f:8000::/48", "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
  ["3fff::/20", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
];

// Blocks whose neighbours are refused as well, because they are outside of global unicast.
const outside: readonly (readonly [block: string, first: string, last: string])[] = [
  ["::/128", "::", "::"],
  ["::1/128", "::1", "::1"],
  ["::/96", "::2", "::ffff:ffff"],
  ["::ffff:0:0/96", "::ffff:0:0", "::ffff:ffff:ffff"],
  ["::ffff:0:0:0/96", "::ffff:0:0:0", "::ffff:0:ffff:ffff"],
  ["64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["100::/64", "100::", "100::ffff:ffff:ffff:ffff"],
  ["100:0:0:1::/64", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"],
  ["5f00::/16", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fec0::/10", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["below 2000::/3", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["above 2000::/3", "4000::", "4000::"],
];

describe("every special block, at its borders (S-2)", () => {
  it.each([...special, ...outside])("%s is refused from its first to its last address", (_block, first, last) => {
    for (const address of [first, neighbour(first, 1n), neighbour(last, -1n), last]) {
      if (isBetween(address, first, last)) expect([address, reach(address)]).not.toEqual([address, "global"]);
    }
  });

  it.each(special)("%s ends there: its neighbours are global, unless they are special as well", (_block, first, last) => {
    for (const address of [neighbour(first, -1n), neighbour(last, 1n)].filter((text) => text !== "")) {
      const isSpecial = special.some(([, from, to]) => isBetween(address, from, to));
      expect([address, reach(address)]).toEqual([address, isSpecial ? expect.stringMatching(/listed|never/) : "global"]);
    }
  });

  it.each(["2000::", "2001:200::", "2606:4700:4700::1111", "3ffe:ffff::1", "3fff:1000::", "1.1.1.1", "8.8.8.8", "223.255.255.255"])(
    "%s is global",
    (address) => expect(reach(address)).toBe("global"),
  );
});

// The forms that hide an IPv4 address in an IPv6 one.
const hiding: readonly (readonly [form: string, write: (ipv4: string) => string])[] = [
  ["compatible", (ipv4) => `::${ipv4}`],
  ["mapped", (ipv4) => `::ffff:${ipv4}`],
  ["translated", (ipv4) => `::ffff:0:${ipv4}`],
  ["NAT64", (ipv4) => `64:ff9b::${ipv4}`],
  ["NAT64 of a local network, /96", (ipv4) => `64:ff9b:1::${ipv4}`],
  ["NAT64 of a local network, /48", (ipv4) => `64:ff9b:1:${hex(ipv4, 0, 1)}:00${hex(ipv4, 2)}:${hex(ipv4, 3)}00::`],
  ["6to4", (ipv4) => `2002:${hex(ipv4, 0, 1)}:${hex(ipv4, 2, 3)}::1`],
  ["Teredo, server", (ipv4) => `2001:0:${hex(ipv4, 0, 1)}:${hex(ipv4, 2, 3)}::1`],
  ["Teredo, client", (ipv4) => `2001:0:808:808::${inverted(ipv4)}`],
  ["ISATAP", (ipv4) => `2606:4700::5efe:${ipv4}`],
  ["ISATAP, local", (ipv4) => `fe80::5efe:${ipv4}`],
  ["ISATAP, universal bit", (ipv4) => `2606:4700::200:5efe:${ipv4}`],
];

describe.each(hiding)("an IPv4 address in IPv6, %s (S-2)", (_form, write) => {
  it.each(["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.5.4", "100.64.0.1"])("never makes %s global", (ipv4) => {
    expect(reach(write(ipv4))).not.toBe("global");
    expect(reach(new URL(`http://[${write(ipv4)}]`).hostname.slice(1, -1))).toBe(reach(write(ipv4)));
  });

  it.each(["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200"])("never reaches the metadata service %s", (ipv4) => {
    expect(reach(write(ipv4))).toBe("never");
  });
});

it("takes NAT64 for the public address inside, because machines without IPv4 have no other way", () => {
  expect(reach("64:ff9b::8.8.8.8")).toBe("global");
  expect(reach("64:ff9b::808:808")).toBe("global");
});

it.each(["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "168.63.129.16"])(
  "%s is never reached (S-10)",
  (address) => expect(reach(address)).toBe("never"),
);

describe("what is not an address in its one spelling", () => {
  const refused = [
    "",
    " ",
    "localhost",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "2130706433",
    "127.0.0.01",
    "127.0.0.1.",
    "127.0.0.1 ",
    "256.1.1.1",
  ];
  const refused6 = [
    "::1%lo",
    "fe80::1%eth0",
    "[::1]",
    "1::2::3",
    ":::",
    "12345::",
    "::ffff:127.0.0.01",
    "::ffff:1.2.3",
    "１２７.0.0.1",
    "127。0。0。1",
  ];
  it.each([...refused, ...refused6])("%j does not parse, and what does not parse is never reached", (text) => {
    expect(parseAddress(text)).toBeUndefined();
    expect(classify(text)).toEqual({ reach: "never", reason: "not an IP address" });
  });
});

describe("spellings in a URL: each is the one address, or no URL, or a name to be resolved", () => {
  const loopback4 = [
    "127.0.0.1",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "127.1",
    "127.0.1",
    "0177.0.0.01",
    "0x7f.0.0.1",
    "127.0.0.1.",
  ];
  const unusual = ["１２７.0.0.1", "127。0。0。1", "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "①②⑦.0.0.1", "user@127.0.0.1", "127.0.0.1:443"];
  it.each([...loopback4, ...unusual])("https://%s/ is 127.0.0.1", (host) => {
    expect(new URL(`https://${host}/`).hostname).toBe("127.0.0.1");
    expect(reach(new URL(`https://${host}/`).hostname)).toBe("listed");
  });

  it.each(["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::0.0.0.1]"])("https://%s/ is ::1", (host) => {
    expect(reach(new URL(`https://${host}/`).hostname.slice(1, -1))).toBe("listed");
  });

  it.each(["127.0.0.256", "1.2.3.4.5", "0x100000000", "[::1%25lo]", "[fe80::1%25eth0]", "[::1", "127.0.0.0x100"])(
    "https://%s/ is no URL",
    (host) => expect(URL.canParse(`https://${host}/`)).toBe(false),
  );
});

describe("any address, against tables that are not ours", () => {
  // ipaddr.js calls these ordinary: what lies outside 2000::/3, ISATAP, metadata in public space, compatible, dummy addresses, and what NAT64 carries.
  const unknownToIt = new BlockList();
  unknownToIt.addAddress("168.63.129.16");
  const isOutside = (bytes: number[]) => ((bytes[0] ?? 0) & 0xe0) !== 0x20;
  const isIsatap = (bytes: number[]) => ((bytes[8] ?? 0) & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;

  it("agrees about IPv4", () => {
    fc.assert(
      fc.property(fc.tuple(byte(), byte(), byte(), byte()), (bytes) => {
        const text = bytes.join(".");
        const isOrdinary = ipaddr.parse(text).range() === "unicast" && !unknownToIt.check(text);
        expect([text, reach(text) === "global"]).toEqual([text, isOrdinary]);
      }),
      { numRuns: trials({ change: 20_000, long: 1_000_000 }) },
    );
  });

  it("agrees about IPv6", () => {
    fc.assert(
      fc.property(fc.array(byte(), { minLength: 16, maxLength: 16 }), fc.constantFrom(...starts), fc.nat(16), (random, start, kept) => {
        const bytes = [...start.slice(0, kept), ...random.slice(Math.min(kept, start.length))].slice(0, 16);
        const address = ipaddr.fromByteArray(bytes);
        const isNat64 = address.match(ipaddr.parseCIDR("64:ff9b::/96") as never);
        const inside = ipaddr.fromByteArray(bytes.slice(12));
        const expected = isNat64
          ? inside.range() === "unicast" && !unknownToIt.check(inside.toString())
          : address.range() === "unicast" && !isOutside(bytes) && !isIsatap(bytes);
        expect([address.toString(), reach(address.toString()) === "global"]).toEqual([address.toString(), expected]);
      }),
      { numRuns: trials({ change: 20_000, long: 1_000_000 }) },
    );
  });

  it("agrees with the block list of Node about the networks that are private everywhere", () => {
    const list = new BlockList();
    for (const [network, prefix] of [
      ["10.0.0.0", 8],
      ["127.0.0.0", 8],
      ["169.254.0.0", 16],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
    ] as const) {
      list.addSubnet(network, prefix);
    }
    fc.assert(
      fc.property(fc.constantFrom(10, 127, 169, 172, 192), byte(), byte(), byte(), (...bytes) => {
        if (list.check(bytes.join("."))) expect(reach(bytes.join("."))).not.toBe("global");
      }),
    );
  });
});

const byte = () => fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 254, 255));
// Random bytes rarely begin like a special block, so that some runs start as one does.
const starts = [...special, ...outside, ["", "64:ff9b::", ""] as const, ["", "2606:4700::5efe:0:0", ""] as const]
  .map(([, first]) => ipaddr.parse(first).toByteArray())
  .map((bytes) => (bytes.length === 16 ? bytes : [...new Array(10).fill(0), 255, 255, ...bytes]));

function toNumber(text: string): bigint {
  return ipaddr
    .parse(text)
    .toByteArray()
    .reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

// The address `step` further; empty beyond the ends of the address space.
function neighbour(text: string, step: bigint): string {
  const size = ipaddr.parse(text).toByteArray().length;
  const value = toNumber(text) + step;
  if (value < 0n || value >= 1n << BigInt(8 * size)) return "";
  return ipaddr
    .fromByteArray(Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * (size - 1 - index))) & 0xffn)))
    .toString();
}

function isBetween(text: string, first: string, last: string): boolean {
  if (text === "" || text.includes(":") !== first.includes(":")) return false;
  return toNumber(text) >= toNumber(first) && toNumber(text) <= toNumber(last);
}

function hex(ipv4: string, ...indexes: number[]): string {
  const parts = ipv4.split(".");
  return indexes.map((index) => Number(parts[index]).toString(16).padStart(2, "0")).join("");
}

function inverted(ipv4: string): string {
  const flipped = ipv4
    .split(".")
    .map((part) => Number(part) ^ 0xff)
    .join(".");
  return `${hex(flipped, 0, 1)}:${hex(flipped, 2, 3)}`;
}

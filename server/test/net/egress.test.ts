import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { decide, parseEgressRule, type Scheme } from "../../src/net/egress.ts";

const ask = (
  address: string,
  { rules = [] as string[], port = 443, scheme = "https:" as Scheme, ownPort = undefined as number | undefined } = {},
) => decide({ address, port, scheme }, { rules: rules.map(parseEgressRule), ownPort });

describe("a rule", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", 1],
    ["10.1.2.3", "10.1.2.3", 65_535],
    ["127.0.0.1/32:8080", "127.0.0.1", 8080],
    ["127.0.0.1:8080", "127.0.0.1", 8080],
    ["fd00::/8", "fd12::1", 443],
    ["[fd00::/8]:443", "fd12::1", 443],
    ["::1", "::1", 443],
    ["[::1]:443", "::1", 443],
    ["::1:443", "::1:443", 80],
    ["192.168.4.0/23", "192.168.5.255", 443],
    ["0.0.0.0/0", "172.16.0.1", 443],
  ])("%s opens %s port %i", (rule, address, port) => {
    expect(ask(address, { rules: [rule], port })).toEqual({ isAllowed: true, isListed: true });
  });

  it.each([
    ["10.0.0.0/8", "192.168.0.1", 443],
    ["10.1.2.3", "10.1.2.4", 443],
    ["127.0.0.1/32:8080", "127.0.0.1", 8081],
    ["127.0.0.1/32:8080", "127.0.0.2", 8080],
    ["[fd00::/8]:443", "fd12::1", 444],
    ["fd00::/8", "fe80::1", 443],
    ["0.0.0.0/0", "fd00::1", 443],
    ["192.168.4.0/23", "192.168.6.0", 443],
    ["10.0.0.0/8", "::ffff:10.0.0.1", 443],
  ])("%s does not open %s port %i", (rule, address, port) => {
    expect(ask(address, { rules: [rule], port }).isAllowed).toBe(false);
  });

  it.each([
    ["", "is none"],
    ["localhost", "is none"],
    ["10.0.0.0/", "is none"],
    ["10.0.0.0/33", "prefix longer than 32"],
    ["fd00::/129", "prefix longer than 128"],
    ["10.0.0/8", "is none"],
    ["010.0.0.0/8", "is none"],
    ["0x0a.0.0.0/8", "is none"],
    ["10.1.2.3/8", "does not begin where a /8 does"],
    ["fd00::1/8", "does not begin where a /8 does"],
    ["10.0.0.0/8:0", "port that is not from 1 to 65535"],
    ["10.0.0.0/8:65536", "port that is not from 1 to 65535"],
    ["10.0.0.0/8:http", "is none"],
    ["[fd00::/8]:", "is none"],
    ["[fd00::/8", "is none"],
    ["fe80::%eth0/10", "is none"],
    ["http://10.0.0.1", "is none"],
    ["10.0.0.0/8 ", "is none"],
    ["169.254.169.254", "can never be called"],
    ["224.0.0.1", "can never be called"],
  ])("%j is refused: %s", (text, message) => {
    expect(() => parseEgressRule(text)).toThrow(message);
  });
});

describe("the decision", () => {
  it("lets https to a public address through", () => {
    expect(ask("8.8.8.8")).toEqual({ isAllowed: true, isListed: false });
    expect(ask("2606:4700:4700::1111")).toEqual({ isAllowed: true, isListed: false });
  });

  it("lets plain http: only to what a rule lists, public or not", () => {
    expect(ask("8.8.8.8", { scheme: "http:", port: 80 })).toEqual({ isAllowed: false, reason: expect.stringContaining("use https:") });
    expect(ask("8.8.8.8", { scheme: "http:", port: 80, rules: ["8.8.8.8:80"] }).isAllowed).toBe(true);
    expect(ask("8.8.8.8", { scheme: "http:", port: 81, rules: ["8.8.8.8:80"] }).isAllowed).toBe(false);
  });

  it.each(["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "169.254.1.1", "192.0.2.1", "::ffff:8.8.8.8", "2002:808:808::1", "fe80::1"])(
    "refuses %s without a rule, and says how it could be opened",
    (address) => expect(ask(address)).toEqual({ isAllowed: false, reason: expect.stringContaining("MOORING_EGRESS_ALLOW") }),
  );

  it("does not name the address in its reason, which could be a secret of the operator's network", () => {
    expect(JSON.stringify(ask("10.11.12.13"))).not.toContain("10.11");
  });

  it.each([
    "169.254.169.254",
    "169.254.170.2",
    "fd00:ec2::254",
    "168.63.129.16",
    "100.100.100.200",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
  ])("never lets %s through, whatever is listed (S-10)", (address) => {
    const rules = ["0.0.0.0/0", "::/0", "169.254.0.0/16", "::ffff:0:0/96", "64:ff9b::/96", "fd00::/8", "100.64.0.0/10", "168.63.129.0/24"];
    expect(ask(address, { rules }).isAllowed).toBe(false);
    expect(ask(address, { rules, scheme: "http:", port: 80 }).isAllowed).toBe(false);
  });

  it.each(["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "nonsense", "127.1"])("never lets %s through", (address) => {
    expect(ask(address, { rules: ["0.0.0.0/0", "::/0"] }).isAllowed).toBe(false);
  });
});

describe("Mooring itself", () => {
  const rules = ["0.0.0.0/0", "::/0"];
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));

  it.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", ...interfaces])(
    "is not called at %s on its own port, even when listed (S-2)",
    (address) => {
      expect(ask(address, { rules, port: 9001, ownPort: 9001 })).toEqual({
        isAllowed: false,
        reason: expect.stringContaining("Mooring's own"),
      });
    },
  );

  it("is not called at any address of the machine on its own port", () => {
    for (const address of interfaces)
      expect([address, ask(address, { rules, port: 9001, ownPort: 9001 }).isAllowed]).toEqual([address, false]);
  });

  it("does not keep other ports of the machine or other machines from being called", () => {
    expect(ask("127.0.0.1", { rules, port: 9002, ownPort: 9001 }).isAllowed).toBe(true);
    expect(ask("10.200.201.202", { rules, port: 9001, ownPort: 9001 }).isAllowed).toBe(true);
    expect(ask("127.0.0.1", { rules, port: 9001 }).isAllowed).toBe(true);
  });
});

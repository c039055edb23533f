import { networkInterfaces } from "node:os";
import { type Address, type Block, carried, classify, isLoopback, isWithin, parseAddress } from "./addresses.ts";

/**
 * Decides whether a connection may be opened to an address: global unicast over https, and beyond that only what a rule lists.
 * Metadata services and Mooring's own port are refused even then (S-2, S-10). The reason never names the address, because whoever
 * asks could learn from it what a name means inside the operator's network.
 */
export function decide(target: Target, policy: EgressPolicy): Verdict {
  const address = parseAddress(target.address);
  const found = classify(target.address);
  if (!address || found.reach === "never") return refused(`The address is ${"reason" in found ? found.reason : ""}; it is never called.`);
  if (isOwn(address, target.port, policy)) return refused("The address is Mooring's own; it is never called.");
  if (policy.rules.some((rule) => lists(rule, address, target.port))) return { isAllowed: true, isListed: true };
  if (found.reach === "listed") return refused(`The address is not on the internet (${found.reason}). ${howToAllow}`);
  if (target.scheme !== "https:") return refused(`Plain http: is not encrypted; use https:. ${howToAllow}`);
  return { isAllowed: true, isListed: false };
}

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly scheme: Scheme;
}

export type Scheme = "http:" | "https:";

export interface EgressPolicy {
  readonly rules: readonly EgressRule[];
  /** The port that Mooring listens on; undefined when it does not listen. */
  readonly ownPort: number | undefined;
}

export type Verdict = { readonly isAllowed: true; readonly isListed: boolean } | { readonly isAllowed: false; readonly reason: string };

/** Addresses, and a port or all, that may be called although they are private or over plain http. */
export interface EgressRule {
  readonly block: Block;
  /** Undefined for every port. */
  readonly port: number | undefined;
}

/**
 * Reads one rule: `10.0.0.0/8`, `10.1.2.3`, `127.0.0.1/32:8080`, `fd00::/8`, `[fd00::/8]:443`. Throws an Error whose message goes on
 * after the name of the setting and says what is wrong.
 */
export function parseEgressRule(text: string): EgressRule {
  const { cidr = "", port: portText } = rulePatterns.map((pattern) => pattern.exec(text)).find((match) => match !== null)?.groups ?? {};
  const [addressText = "", prefixText] = cidr.split("/");
  const address = parseAddress(addressText);
  if (!address) throw fault(text, "is none");
  const prefix = prefixText === undefined ? address.length * 8 : Number(prefixText);
  const port = portText === undefined ? undefined : Number(portText);
  if (prefix > address.length * 8) throw fault(text, `has a prefix longer than ${address.length * 8}`);
  if (port !== undefined && (port < 1 || port > 65_535)) throw fault(text, "has a port that is not from 1 to 65535");
  // 10.1.2.3/8 may mean the network or the host; a guess could open 16 million addresses.
  if (!isFirstOf({ address, prefix })) throw fault(text, `does not begin where a /${prefix} does`);
  if (prefix === address.length * 8 && classify(addressText).reach === "never") throw fault(text, "can never be called");
  return { block: { address, prefix }, port };
}

function refused(reason: string): Verdict {
  return { isAllowed: false, reason };
}

function lists(rule: EgressRule, address: Address, port: number): boolean {
  return (rule.port === undefined || rule.port === port) && isWithin(address, rule.block);
}

// An IPv4-mapped address reaches the same server, so the address inside counts as well.
function isOwn(address: Address, port: number, { ownPort }: EgressPolicy): boolean {
  if (port !== ownPort) return false;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [address, ...carried(address)].some(
    (face) => isLoopback(face) || own.some((entry) => parseAddress(entry.address)?.join() === face.join()),
  );
}

function isFirstOf({ address, prefix }: Block): boolean {
  return address.every((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - 8 * index)))) === 0);
}

function fault(text: string, what: string): Error {
  return new Error(`must list CIDRs, each with a port or without, like 10.0.0.0/8 or 127.0.0.1/32:8080 or [fd00::/8]:443; ${text} ${what}`);
}

const howToAllow = "An operator can list it in MOORING_EGRESS_ALLOW.";
// Without brackets, what follows the last colon of an IPv6 address belongs to the address.
const rulePatterns = [
  /^\[(?<cidr>[0-9a-fA-F:.]+(?:\/\d{1,3})?)\](?::(?<port>\d{1,5}))?$/,
  /^(?<cidr>[0-9.]+(?:\/\d{1,3})?)(?::(?<port>\d{1,5}))?$/,
  /^(?<cidr>[0-9a-fA-F:.]+(?:\/\d{1,3})?)$/,
];

import { isIP, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import { deadBlocks, globalUnicast, metadataBlocks, nat64, specialBlocks } from "./special-addresses.ts";

/**
 * How far an address is open: to everybody, only when the operator lists it, or never (S-2, S-10). What does not parse is never.
 * An IPv6 address that carries an IPv4 address is judged by both. The reason reads on after "it is".
 */
export function classify(text: string): AddressClass {
  const address = parseAddress(text);
  if (!address) return { reach: "never", reason: "not an IP address" };
  const faces = [address, ...carried(address)];
  if (faces.some((face) => isWithinAny(face, metadata))) return { reach: "never", reason: "a metadata service of a cloud provider" };
  if (isWithinAny(address, dead)) return { reach: "never", reason: "an address without a server of its own" };
  const special = faces.map(specialName).find((name) => name !== undefined);
  return special === undefined ? { reach: "global" } : { reach: "listed", reason: special };
}

export type AddressClass = { readonly reach: "global" } | { readonly reach: "listed" | "never"; readonly reason: string };

/** The bytes of an address in network order: 4 or 16. */
export type Address = readonly number[];

/** A block of addresses: those whose first `prefix` bits are those of `address`. */
export interface Block {
  readonly address: Address;
  readonly prefix: number;
}

/**
 * Reads an address in its ordinary spelling only: four decimal numbers without leading zeros, or RFC 4291 without a zone. Hosts come
 * out of the WHATWG URL parser, which has already turned octal, hexadecimal and short spellings into this one; anything else is a
 * name, and undefined here.
 */
export function parseAddress(text: string): Address | undefined {
  if (isIP(text) === 0 || text.includes("%")) return undefined;
  // ipaddr.js takes ::1.2.3.4 for ::ffff:1.2.3.4, so that it gets IPv6 as the URL parser writes it, without dots.
  return ipaddr.parse(isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text).toByteArray();
}

/** Tells whether two spellings mean the same address. What does not parse equals nothing. */
export function isSameAddress(one: string, other: string): boolean {
  const address = parseAddress(other);
  return address !== undefined && parseAddress(one)?.join() === address.join();
}

/** Tells whether `address` is in `block`. An IPv4 address is in no IPv6 block, and the other way round. */
export function isWithin(address: Address, block: Block): boolean {
  if (address.length !== block.address.length) return false;
  return block.address.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, block.prefix - 8 * index));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((address[index] ?? 0) & mask);
  });
}

/**
 * The IPv4 addresses that an IPv6 address carries: compatible, mapped, translated, NAT64, 6to4, Teredo (server and client), ISATAP.
 * Empty for others.
 */
export function carried(address: Address): readonly Address[] {
  if (address.length === 4 || isLoopback(address)) return [];
  const from = (start: number) => address.slice(start, start + 4);
  if (isWithinAny(address, lastFour)) return [from(12)];
  if (isWithin(address, localNat64)) return localNat64Forms(address);
  if (isWithin(address, sixToFour)) return [from(2)];
  // RFC 4380 section 4: the client's address is written inverted.
  if (isWithin(address, teredo)) return [from(4), from(12).map((byte) => byte ^ 0xff)];
  if (isIsatap(address)) return [from(12)];
  return [];
}

/** Tells whether `address` is this machine under 127.0.0.0/8 or ::1. */
export function isLoopback(address: Address): boolean {
  return isWithinAny(address, loopback);
}

// RFC 6052 section 2.2: below a /48, the IPv4 address may follow at once, split around byte 8, or after a longer prefix.
function localNat64Forms(address: Address): readonly Address[] {
  const at = (...indexes: number[]) => indexes.map((index) => address[index] ?? 0);
  return [at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12), at(12, 13, 14, 15)];
}

// RFC 5214 section 6.1: the interface part is 0000:5efe or 0200:5efe and the IPv4 address, in any network.
function isIsatap(address: Address): boolean {
  return ((address[8] ?? 0) & 0xfd) === 0 && address[9] === 0 && address[10] === 0x5e && address[11] === 0xfe;
}

function specialName(address: Address): string | undefined {
  const special = specials.find(({ block }) => isWithin(address, block));
  if (special) return special.name;
  if (address.length === 4 || isWithin(address, translator)) return undefined;
  if (isIsatap(address)) return "ISATAP";
  return isWithin(address, unicast) ? undefined : "not in use on the internet";
}

function isWithinAny(address: Address, blocks: readonly Block[]): boolean {
  return blocks.some((block) => isWithin(address, block));
}

function block(text: string): Block {
  const [address = "", prefix = ""] = text.split("/");
  return { address: parseAddress(address) ?? [], prefix: Number(prefix) };
}

const specials = specialBlocks.map(([text, name]) => ({ block: block(text), name }));
const metadata = metadataBlocks.map(block);
const loopback = ["127.0.0.0/8", "::1/128"].map(block);
const dead = deadBlocks.map(block);
const unicast = block(globalUnicast);
const translator = block(nat64);
const lastFour = ["::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", nat64].map(block);
const localNat64 = block("64:ff9b:1::/48");
const sixToFour = block("2002::/16");
const teredo = block("2001::/32");

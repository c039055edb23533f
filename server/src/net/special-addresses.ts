/**
 * Address blocks that are not ordinary global unicast, first match first. From the IANA special-purpose address registries for
 * IPv4 and IPv6 (RFC 6890, as of 2025-10-09), the IANA multicast and reserved blocks, and RFC 3879 and RFC 7526 for what was
 * withdrawn. Blocks that the registries call globally reachable (AS112, AMT, ORCHIDv2) are here too: nobody serves an API there (S-2).
 */
export const specialBlocks: readonly (readonly [block: string, name: string])[] = [
  ["0.0.0.0/8", "this network"],
  ["10.0.0.0/8", "a private network"],
  ["100.64.0.0/10", "carrier-grade NAT"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "a private network"],
  ["192.0.0.0/24", "IETF protocol assignments"],
  ["192.0.2.0/24", "documentation"],
  ["192.31.196.0/24", "AS112"],
  ["192.52.193.0/24", "AMT"],
  ["192.88.99.0/24", "6to4 relays"],
  ["192.168.0.0/16", "a private network"],
  ["192.175.48.0/24", "AS112"],
  ["198.18.0.0/15", "benchmarking"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["255.255.255.255/32", "broadcast"],
  ["240.0.0.0/4", "reserved"],
  ["::/128", "the unspecified address"],
  ["::1/128", "loopback"],
  ["::/96", "IPv4-compatible"],
  ["::ffff:0:0/96", "IPv4-mapped"],
  ["::ffff:0:0:0/96", "IPv4-translated"],
  ["64:ff9b:1::/48", "NAT64 of a local network"],
  ["100::/64", "discard-only"],
  ["100:0:0:1::/64", "dummy addresses"],
  ["2001::/32", "Teredo"],
  ["2001::/23", "IETF protocol assignments"],
  ["2001:db8::/32", "documentation"],
  ["2002::/16", "6to4"],
  ["2620:4f:8000::/48", "AS112"],
  ["3fff::/20", "documentation"],
  ["5f00::/16", "segment routing"],
  ["fc00::/7", "a private network"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site-local"],
  ["ff00::/8", "multicast"],
];

/** The only part of IPv6 from which ordinary addresses are given out (RFC 4291, IANA IPv6 address space). */
export const globalUnicast = "2000::/3";

/** Where a translator of the network reaches IPv4 for a host without it (RFC 6052). Counts as the IPv4 address inside. */
export const nat64 = "64:ff9b::/96";

/** Blocks where no TCP server can be, or where the connection would end at another address than the one that was checked. */
export const deadBlocks = ["0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8"] as const;

/** Services of cloud providers that hand credentials to whoever asks from the machine. No setting opens them (S-10). */
export const metadataBlocks = [
  // The address that most providers share.
  "169.254.169.254/32",
  // AWS: tasks of ECS, pods of EKS, and their IPv6 forms.
  "169.254.170.2/32",
  "169.254.170.23/32",
  "fd00:ec2::254/128",
  "fd00:ec2::23/128",
  // Google Cloud, IPv6 only machines.
  "fd20:ce::254/128",
  // Azure: the host's wire server, which is in public address space.
  "168.63.129.16/32",
  // Alibaba Cloud, Tencent Cloud, Oracle Cloud Classic, Scaleway.
  "100.100.100.200/32",
  "169.254.0.23/32",
  "192.0.0.192/32",
  "169.254.42.42/32",
  "fd00:42::42/128",
  // OpenStack over IPv6.
  "fe80::a9fe:a9fe/128",
] as const;

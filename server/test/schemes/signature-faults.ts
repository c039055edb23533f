import { createHmac } from "node:crypto";
import type { AuthSchemeConfigHMAC } from "@mooring/contract";

/** A request with a signature that must not pass (W-2), and the config it must not pass. */
export interface FaultyCase {
  readonly name: string;
  readonly config: AuthSchemeConfigHMAC;
  readonly headers: readonly (readonly [string, string])[];
  /** Without a question mark; empty when there is none. */
  readonly query: string;
  readonly body: string;
}

export const faultyKey = "the key of W-2";
const faultyBody = '{"event":"paid","amount":100}';

const locations = ["header", "query", "cookie"] as const;
const hashes = ["sha1", "sha256", "sha512"] as const;
const encodings = ["hex", "base64"] as const;

type Sent = { readonly values: readonly string[]; readonly body?: string };
type Fault = (
  good: string,
  sign: (body: string, changes?: { key?: string; algorithm?: string; encoding?: "hex" | "base64" }) => string,
) => Sent;

const one = (value: string): Sent => ({ values: [value] });

const faults: Readonly<Record<string, Fault>> = {
  missing: () => ({ values: [] }),
  empty: () => one(""),
  "one letter short": (good) => one(good.slice(0, -1)),
  "one letter long": (good) => one(`${good}0`),
  "cut in half": (good) => one(good.slice(0, good.length / 2)),
  "its first letter alone": (good) => one(good.slice(0, 1)),
  "twice in one": (good) => one(good + good),
  "sent twice": (good) => ({ values: [good, good] }),
  "sent with a bad one behind it": (good, sign) => ({ values: [good, sign("[]")] }),
  "a list with a good one in it": (good, sign) => one(`${sign("[]")},${good}`),
  "of another body": (_, sign) => one(sign("[]")),
  "of no body": (_, sign) => one(sign("")),
  "made with another key": (_, sign) => one(sign(faultyBody, { key: "another" })),
  "made with no key": (_, sign) => one(sign(faultyBody, { key: "" })),
  "made with a hash of another length": (_, sign) => one(sign(faultyBody, { algorithm: "sha384" })),
  "all zeros": (good) => one(good.replaceAll(/[^=]/g, "0").replace(/^0/, "1")),
  "with a letter that is no digit": (good) => one(`${good.slice(0, 4)}!${good.slice(5)}`),
  "written in another encoding": (good, sign) =>
    one(/^[0-9a-f]+$/.test(good) ? sign(faultyBody, { encoding: "base64" }) : sign(faultyBody, { encoding: "hex" })),
  "very long": (good) => one(good.repeat(200)),
  "in the body, which says that it need not be checked": (good, sign) => {
    const body = JSON.stringify({ signature: good, "X-Signature": sign(""), verify: false, algorithm: "none" });
    return { values: [], body };
  },
};

/** 20 faults, in 3 places, with 3 hashes, in 2 encodings: 360. */
export const faultyCases: readonly FaultyCase[] = Object.entries(faults).flatMap(([name, fault]) =>
  locations.flatMap((location) =>
    hashes.flatMap((algorithm) =>
      encodings.map((encoding) =>
        faultyCase(`${name}: ${algorithm} in ${encoding} in a ${location}`, fault, { location, algorithm, encoding }),
      ),
    ),
  ),
);

interface Written {
  readonly location: (typeof locations)[number];
  readonly algorithm: (typeof hashes)[number];
  readonly encoding: (typeof encodings)[number];
}

function faultyCase(name: string, fault: Fault, written: Written): FaultyCase {
  const { values, body = faultyBody } = fault(goodSignature(written), (text, changes) => signature(text, { ...written, ...changes }));
  return { name, config: configOf(written), body, ...placed(written.location, values) };
}

/** The config of a case, and a request that it passes. */
export function goodCase(written: Written): FaultyCase {
  return { name: "good", config: configOf(written), body: faultyBody, ...placed(written.location, [goodSignature(written)]) };
}

/** Every place, hash and encoding. */
export const written: readonly Written[] = locations.flatMap((location) =>
  hashes.flatMap((algorithm) => encodings.map((encoding) => ({ location, algorithm, encoding }))),
);

function goodSignature(how: Written): string {
  return signature(faultyBody, how);
}

function signature(
  body: string,
  { key = faultyKey, algorithm, encoding }: { key?: string; algorithm: string; encoding: "hex" | "base64" },
): string {
  return createHmac(algorithm, key).update(body).digest(encoding);
}

function configOf({ location, algorithm, encoding }: Written): AuthSchemeConfigHMAC {
  return { schemeType: "hmac", name: "X-Signature", in: location, algorithm, digestInputs: ["body"], signature: { encoding } };
}

function placed(location: Written["location"], values: readonly string[]): Pick<FaultyCase, "headers" | "query"> {
  switch (location) {
    case "header":
      return { headers: values.map((value) => ["X-Signature", value] as const), query: "" };
    case "query":
      return { headers: [], query: values.map((value) => `X-Signature=${encodeURIComponent(value)}`).join("&") };
    case "cookie":
      return { headers: values.length === 0 ? [] : [["Cookie", values.map((value) => `X-Signature=${value}`).join("; ")]], query: "" };
  }
}

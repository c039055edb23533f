import type { Sealer } from "./seals.ts";

/** The token of a short address as it is kept, so that it can be shown again. */
export function sealToken(sealer: Sealer, addressId: string, token: string): string {
  return JSON.stringify(sealer.seal(recordOf(addressId), { token }));
}

/** The reverse. Throws VaultError on anything that `sealToken` did not make for this address. */
export function openToken(sealer: Sealer, addressId: string, sealed: string): string {
  const { token } = sealer.open(recordOf(addressId), JSON.parse(sealed));
  return token?.reveal() ?? "";
}

const recordOf = (id: string) => ({ purpose: "trigger-address", id, revision: 1 }) as const;

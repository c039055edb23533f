import type { AuthScheme, AuthSchemeType } from "@mooring/contract";
import { schemesOfProtocol } from "../domain/scheme-fit.ts";
import { apiKey } from "./api-key.ts";
import { basicAuth } from "./basic-auth.ts";
import { googleServiceAccount } from "./google-service-account.ts";
import { hmac } from "./hmac.ts";
import { none } from "./none.ts";
import { oauth2 } from "./oauth2.ts";
import type { Scheme } from "./scheme.ts";

/** Every scheme, one line each: a type of the contract that is missing here does not compile. */
export const schemes: Readonly<Record<AuthSchemeType, Scheme>> = {
  none,
  "api-key": apiKey,
  "basic-auth": basicAuth,
  oauth2,
  "google-service-account": googleServiceAccount,
  hmac,
};

/** What each scheme is, for people. */
export const authSchemes: readonly AuthScheme[] = Object.values(schemes).map(({ about }) => about);

/** The schemes that fit a protocol; none for a protocol that Mooring does not speak. */
export function schemesOf(protocol: string): readonly AuthSchemeType[] {
  return new Map<string, readonly AuthSchemeType[]>(Object.entries(schemesOfProtocol)).get(protocol) ?? [];
}

import type { AuthSchemeConfigInput, CredentialCreate } from "@mooring/contract";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { smallConnection } from "../harness/samples.ts";
import type { Outside } from "./outside.ts";

/** A Mooring process with one connection, to an outside system. */
export interface Gateway {
  readonly mooring: MooringProcess;
  /** Where the calls of clients go instead of the outside system's own address; without a slash at its end. */
  readonly proxyUrl: string;
  /** What clients prove themselves with to Mooring. */
  readonly apiKey: string;
  stop(): Promise<void>;
}

/** Starts Mooring with a connection to `outside`, whose one environment has `credential`. */
export async function startGateway(
  outside: Outside,
  proof: { readonly authSchemeConfig: AuthSchemeConfigInput; readonly credential: CredentialCreate },
  prepare: () => Promise<Place> = (engines[0] as (typeof engines)[number]).prepare,
): Promise<Gateway> {
  const place = await prepare();
  const home = homeOn(place, { MOORING_EGRESS_ALLOW: outside.allow });
  const mooring = await startProcess(home.settings);
  const actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
  const body = smallConnection({
    baseUrl: outside.url.origin,
    environments: [{ name: "prod", credentials: { action: [proof] }, variables: [] }],
  });
  const { id } = (await clientOf(mooring).must(actor, "CreateHTTPConnection", { body })).body;
  return {
    mooring,
    proxyUrl: new URL(`/o/${home.organisation}/connections/${id}/environments/prod/proxy`, mooring.url).href,
    apiKey: home.apiKey,
    async stop() {
      await mooring.stop();
      await place.remove();
    },
  };
}

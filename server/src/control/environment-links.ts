import { isDeepStrictEqual } from "node:util";
import type {
  AuthSchemeConfigInput,
  CredentialType,
  Environment,
  EnvironmentCredential,
  EnvironmentCredentialCreate,
  EnvironmentCredentialUpdate,
  EnvironmentCredentialUpdateOrCreate,
} from "@mooring/contract";
import type { EnvironmentId } from "../kernel/ids.ts";
import type { StoredConfig } from "../store/connection-rows.ts";
import type { LinkFields } from "../store/environments.ts";
import type { PlanContext } from "./environment-plan.ts";
import type { Intake } from "./intake.ts";
import { checkOverlaps, type PlacedEntry } from "./overlaps.ts";

/** A credential that is to be linked to an environment. */
export interface NewLink extends LinkFields {
  readonly type: CredentialType;
}

/** A new link to the credential that an entry gives or names; none after noting why there is no such credential. */
export function planLink(
  { newId, intake, protocol }: PlanContext,
  entry: EnvironmentCredentialCreate,
  { field, ...place }: Pick<LinkFields, "environmentId" | "purpose" | "position"> & { field: string },
): NewLink[] {
  const credential = intake.credential(entry.credential, `${field}.credential`);
  const use = { protocol, purpose: place.purpose, credentialType: credential?.type };
  const config = intake.config(entry.authSchemeConfig, `${field}.authSchemeConfig`, use);
  return credential ? [{ id: newId<string>(), ...place, config, credentialId: credential.id, type: credential.type }] : [];
}

/** The links of one list after the change: in the order sent, configs as sent; one without an id is new, one left out is unlinked. */
export function planLinks(
  context: PlanContext,
  environment: Environment,
  entries: readonly EnvironmentCredentialUpdateOrCreate[],
  { field, purpose }: { field: string; purpose: "action" | "trigger" },
) {
  const { intake, protocol } = context;
  const before = environment.credentials[purpose];
  const known = new Map(before.map((link, position) => [link.id, { link, position }]));
  const added: NewLink[] = [];
  const changed: Pick<LinkFields, "id" | "position" | "config">[] = [];
  let changesSecrets = false;
  const seen = new Set<string>();
  const placed: PlacedEntry[] = [];
  for (const [position, entry] of entries.entries()) {
    const at = `${field}[${position}]`;
    if (!("id" in entry)) {
      added.push(...planLink(context, entry, { environmentId: environment.id as EnvironmentId, purpose, position, field: at }));
      placed.push({ field: at, config: entry.authSchemeConfig });
      continue;
    }
    const stored = known.get(entry.id);
    if (!stored || seen.has(entry.id)) {
      intake.fault(`${at}.id`, stored ? "The entry is listed twice." : "The environment has no such entry in this list.");
      continue;
    }
    seen.add(entry.id);
    const { link } = stored;
    checkSameCredential(intake, entry, link, at);
    if (entry.authSchemeConfig.schemeType !== link.authSchemeConfig.schemeType) {
      intake.fault(`${at}.authSchemeConfig.schemeType`, `The scheme type stays ${link.authSchemeConfig.schemeType}.`);
      continue;
    }
    const isSame = isDeepStrictEqual(bare(entry.authSchemeConfig), bare(link.authSchemeConfig));
    const config = isSame
      ? (bare(link.authSchemeConfig) as StoredConfig)
      : intake.config(entry.authSchemeConfig, `${at}.authSchemeConfig`, { protocol, purpose, credentialType: link.credential.type });
    placed.push({ field: at, config: entry.authSchemeConfig, before: link.authSchemeConfig });
    changesSecrets ||= !isSame && link.credential.type !== "none";
    if (!isSame || stored.position !== position) changed.push({ id: entry.id, position, config });
  }
  if (purpose === "action") checkOverlaps(intake, placed);
  const removed = before.filter(({ id }) => !seen.has(id));
  return {
    added,
    changed,
    removed: removed.map(({ id }) => id),
    changesSecrets: changesSecrets || added.some(({ type }) => type !== "none"),
    freesSecrets: removed.some(({ credential }) => credential.type !== "none"),
  };
}

/** What a GET returned may be sent back; another credential, or other secrets, may not be put in its place here. */
function checkSameCredential(intake: Intake, entry: EnvironmentCredentialUpdate, link: EnvironmentCredential, at: string): void {
  const sent = entry.credential as { id?: unknown } | null | undefined;
  if (typeof sent !== "object" || sent === null) return;
  if (sent.id !== undefined && sent.id !== link.credential.id) {
    intake.fault(`${at}.credential.id`, "An entry keeps its credential; change the credential at its own address.");
  }
}

/** A config without what is only shown: an application credential as its id. */
export function bare(config: AuthSchemeConfigInput | EnvironmentCredential["authSchemeConfig"]): unknown {
  if (config.schemeType !== "oauth2" || !config.flows.authorizationCode) return config;
  const { id } = config.flows.authorizationCode.applicationCredential;
  return { ...config, flows: { ...config.flows, authorizationCode: { applicationCredential: { id } } } };
}

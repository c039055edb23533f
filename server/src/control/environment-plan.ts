import { isDeepStrictEqual } from "node:util";
import type {
  AuthSchemeConfigInput,
  Environment,
  EnvironmentCreate,
  EnvironmentUpdate,
  EnvironmentVariable,
  ProtocolType,
} from "@mooring/contract";
import { slugOf } from "../domain/environment.ts";
import type { CredentialId, EnvironmentId, NewId } from "../kernel/ids.ts";
import type { EnvironmentFields, LinkFields } from "../store/environments.ts";
import { type NewLink, planLink, planLinks } from "./environment-links.ts";
import type { Intake } from "./intake.ts";
import { checkOverlaps } from "./overlaps.ts";

/** What is to be written for one environment. */
export interface EnvironmentPlan {
  readonly fields: EnvironmentFields;
  readonly before: Environment | undefined;
  /** Whether anything but its place changed. */
  readonly isChanged: boolean;
  readonly isMoved: boolean;
  readonly newLinks: LinkFields[];
  readonly changedLinks: Pick<LinkFields, "id" | "position" | "config">[];
  readonly removedLinks: string[];
  /** Whether a secret is given or linked here, or would be sent another way than before. */
  readonly changesSecrets: boolean;
  /** Whether a secret is unlinked here. */
  readonly freesSecrets: boolean;
}

export interface PlanContext {
  readonly newId: NewId;
  readonly intake: Intake;
  readonly protocol: ProtocolType;
}

/** A stored environment and its place in the connection's order. */
export interface PlacedEnvironment {
  readonly environment: Environment;
  readonly position: number;
}

/** The connection's default variables, when a request replaces them. */
export interface DefaultsChange {
  readonly before: readonly EnvironmentVariable[];
  readonly after: readonly EnvironmentVariable[];
}

/** A new environment: its links in the order given, its variables over `defaults`. `field` goes before the name of a faulty field. */
export function planNew(
  context: PlanContext,
  given: EnvironmentCreate,
  { field, position, defaults }: { field: string; position: number; defaults: readonly EnvironmentVariable[] },
): EnvironmentPlan {
  const { newId, intake } = context;
  const id = newId<EnvironmentId>();
  const newLinks = (["action", "trigger"] as const).flatMap((purpose) =>
    (given.credentials[purpose] ?? []).flatMap((entry, index) =>
      planLink(context, entry, { environmentId: id, purpose, position: index, field: `${field}credentials.${purpose}[${index}]` }),
    ),
  );
  const entries = given.credentials.action ?? [];
  checkOverlaps(
    intake,
    entries.map((entry, index) => ({ field: `${field}credentials.action[${index}]`, config: entry.authSchemeConfig })),
  );
  checkVariables(intake, given.variables, `${field}variables`);
  return {
    fields: {
      id,
      name: given.name,
      slug: slugOf(given.name),
      position,
      variables: withDefaults(given.variables, defaults),
      retries: given.retries,
    },
    before: undefined,
    isChanged: true,
    isMoved: false,
    newLinks,
    changedLinks: [],
    removedLinks: [],
    changesSecrets: newLinks.some(({ type }) => type !== "none"),
    freesSecrets: false,
  };
}

/**
 * An existing environment, changed as `given` says: what it leaves out stays. `defaults`, when the connection's are replaced too,
 * are carried in: the listed ones are set, those no longer listed go, and variables given here win.
 */
export function planUpdate(
  context: PlanContext,
  { environment: before, position: positionBefore }: PlacedEnvironment,
  given: Pick<EnvironmentUpdate, "name" | "credentials" | "variables" | "retries">,
  { field, position, defaults }: { field: string; position: number; defaults?: DefaultsChange | undefined },
): EnvironmentPlan {
  const { intake } = context;
  if (given.variables) checkVariables(intake, given.variables, `${field}variables`);
  const variables = carried(before.variables, given.variables, defaults);
  const newLinks: NewLink[] = [];
  const changedLinks: Pick<LinkFields, "id" | "position" | "config">[] = [];
  const removedLinks: string[] = [];
  let changesSecrets = false;
  let freesSecrets = false;
  for (const purpose of ["action", "trigger"] as const) {
    const entries = given.credentials?.[purpose];
    if (!entries) continue;
    const links = planLinks(context, before, entries, { field: `${field}credentials.${purpose}`, purpose });
    newLinks.push(...links.added);
    changedLinks.push(...links.changed);
    removedLinks.push(...links.removed);
    changesSecrets ||= links.changesSecrets;
    freesSecrets ||= links.freesSecrets;
  }
  const { retries = before.retries } = given;
  const isChanged =
    retries !== before.retries ||
    given.name !== before.name ||
    !isDeepStrictEqual(variables, before.variables) ||
    newLinks.length > 0 ||
    changedLinks.length > 0 ||
    removedLinks.length > 0;
  return {
    fields: { id: before.id as EnvironmentId, name: given.name, slug: slugOf(given.name), position, variables, retries },
    before,
    isChanged,
    isMoved: position !== positionBefore,
    newLinks,
    changedLinks,
    removedLinks,
    changesSecrets,
    freesSecrets,
  };
}

function carried(
  current: readonly EnvironmentVariable[],
  given: readonly EnvironmentVariable[] | undefined,
  defaults: DefaultsChange | undefined,
): EnvironmentVariable[] {
  if (given) return withDefaults(given, defaults?.after ?? []);
  if (!defaults) return [...current];
  const listed = new Set(defaults.after.map(({ name }) => name));
  const gone = new Set(defaults.before.map(({ name }) => name).filter((name) => !listed.has(name)));
  return over(
    current.filter(({ name }) => !gone.has(name)),
    defaults.after,
  );
}

/** `given`, and after it the defaults that it does not set. */
function withDefaults(given: readonly EnvironmentVariable[], defaults: readonly EnvironmentVariable[]): EnvironmentVariable[] {
  const set = new Set(given.map(({ name }) => name));
  return [...given, ...defaults.filter(({ name }) => !set.has(name))];
}

/** `base` with the values of `winners`, those that are not in it appended. */
function over(base: readonly EnvironmentVariable[], winners: readonly EnvironmentVariable[]): EnvironmentVariable[] {
  const values = new Map([...base, ...winners].map(({ name, value }) => [name, value]));
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Notes a variable that is listed twice. */
export function checkVariables(intake: Pick<Intake, "fault">, variables: readonly EnvironmentVariable[], field: string): void {
  const seen = new Set<string>();
  for (const [index, { name }] of variables.entries()) {
    if (seen.has(name)) intake.fault(`${field}[${index}].name`, "The variable is listed twice.");
    seen.add(name);
  }
}

/** The ids of existing credentials that environments of a request name, anywhere in them. */
export function namedCredentials(environments: readonly (EnvironmentCreate | EnvironmentUpdate)[]): CredentialId[] {
  return environments.flatMap((environment) =>
    [...(environment.credentials?.action ?? []), ...(environment.credentials?.trigger ?? [])].flatMap((entry) => [
      ...("id" in entry ? [] : "id" in entry.credential ? [entry.credential.id as CredentialId] : []),
      ...namedApplications([entry.authSchemeConfig]),
    ]),
  );
}

/** The ids of the application credentials that configs name. */
export function namedApplications(configs: readonly AuthSchemeConfigInput[]): CredentialId[] {
  return configs.flatMap((config) =>
    config.schemeType === "oauth2" && config.flows.authorizationCode
      ? [config.flows.authorizationCode.applicationCredential.id as CredentialId]
      : [],
  );
}

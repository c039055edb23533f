import type { AuthSchemeConfigInput, CredentialCreate, CredentialCreateOrReference, CredentialType, ProtocolType } from "@mooring/contract";
import type { Sealer } from "../credentials/seals.ts";
import { isMask, separate, tokensApart } from "../domain/credential.ts";
import { configFaults } from "../domain/scheme-fit.ts";
import type { Fault } from "../kernel/errors.ts";
import type { CredentialId, NewId } from "../kernel/ids.ts";
import type { StoredConfig } from "../store/connection-rows.ts";
import type { NewCredential } from "../store/credentials.ts";

/** Checks and takes in what a request says of credentials: collects every fault, and the rows to insert when there is none. */
export interface Intake {
  readonly faults: Fault[];
  readonly newCredentials: NewCredential[];
  /** Whether anything taken in gives or sends a secret. */
  readonly sendsSecret: boolean;
  /** The existing credentials that would be used in a new place: whoever may not touch them where they are may not borrow them either. */
  readonly borrowed: ReadonlySet<string>;
  fault(field: string, message: string): void;
  /** The credential an entry gives or names, or undefined after noting why not. */
  credential(given: CredentialCreateOrReference, field: string): { id: CredentialId; type: CredentialType } | undefined;
  /** The config as stored, after noting what does not fit. `credentialType` undefined: a connection's own, with no credential beside it. */
  config(given: AuthSchemeConfigInput, field: string, use: ConfigUse): StoredConfig;
}

export interface ConfigUse {
  readonly protocol: ProtocolType;
  readonly purpose?: "action" | "trigger";
  readonly credentialType?: CredentialType | undefined;
}

/** `known` holds the organisation's credentials among those that the request names, by id. */
export function createIntake({
  newId,
  sealer,
  known,
}: {
  newId: NewId;
  sealer: Sealer;
  known: ReadonlyMap<string, CredentialType>;
}): Intake {
  const faults: Fault[] = [];
  const newCredentials: NewCredential[] = [];
  const borrowed = new Set<string>();
  let sendsSecret = false;
  return {
    borrowed,
    faults,
    newCredentials,
    get sendsSecret() {
      return sendsSecret;
    },
    fault,
    credential,
    config,
  };

  function fault(field: string, message: string): void {
    faults.push({ field, message });
  }

  function credential(given: CredentialCreateOrReference, field: string) {
    if (!("id" in given)) {
      const created = newCredential(given, { newId, sealer, fault: (name, message) => fault(`${field}.data.${name}`, message) });
      newCredentials.push(created);
      sendsSecret ||= created.type !== "none";
      return created;
    }
    const type = known.get(given.id);
    if (type === undefined) fault(`${field}.id`, "The organisation has no credential with this id.");
    sendsSecret ||= type !== "none";
    borrowed.add(given.id);
    return type && { id: given.id as CredentialId, type };
  }

  function config(given: AuthSchemeConfigInput, field: string, use: ConfigUse): StoredConfig {
    for (const { field: name, message } of configFaults(given, use)) fault(`${field}.${name}`, message);
    if (given.schemeType !== "oauth2") return given;
    const application = given.flows.authorizationCode?.applicationCredential.id;
    if (application === undefined) return given as StoredConfig;
    const at = `${field}.flows.authorizationCode.applicationCredential.id`;
    const type = known.get(application);
    if (type === undefined) fault(at, "The organisation has no credential with this id.");
    else if (type !== "oauth2-client") fault(at, "An application credential is of type oauth2-client.");
    sendsSecret = true;
    borrowed.add(application);
    return { ...given, flows: { ...given.flows, authorizationCode: { applicationCredential: { id: application } } } };
  }
}

/** A new credential's row, sealed. Notes a secret that is the mask, which is never stored. */
export function newCredential(
  given: CredentialCreate,
  { newId, sealer, fault }: { newId: NewId; sealer: Sealer; fault: (field: string, message: string) => void },
): NewCredential {
  const id = newId<CredentialId>();
  const { shown, secrets } = separate(given.type, given.data);
  for (const [field, value] of Object.entries(secrets)) {
    if (isMask(value)) fault(field, "This is the mask that stands for a stored secret; send the secret itself.");
  }
  const { own, tokens } = tokensApart(secrets);
  const sealed = sealer.seal({ purpose: "credential", id, revision: 1 }, own);
  const sealedTokens = Object.keys(tokens).length > 0 ? sealer.seal({ purpose: "token", id, revision: 1 }, tokens) : undefined;
  return { id, name: given.name, type: given.type, revision: 1, data: shown, sealed, tokens: sealedTokens };
}

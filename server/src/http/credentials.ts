import * as credentials from "../control/credentials.ts";
import type { CredentialId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListCredentials" | "CreateCredential" | "GetCredential" | "UpdateCredential" | "DeleteCredential";

/** Handlers of credentials. */
export function credentialHandlers(deps: credentials.CredentialDeps): Pick<Handlers, Names> {
  return {
    async ListCredentials({ call, query }) {
      const { items, ...page } = await credentials.list(deps, call, query);
      return { ...page, credentials: items };
    },
    CreateCredential: ({ call, body }) => credentials.create(deps, call, body),
    GetCredential: ({ call, params }) => credentials.get(deps, call, params.credential_id as CredentialId),
    UpdateCredential: ({ call, params, body }) => credentials.update(deps, call, params.credential_id as CredentialId, body),
    DeleteCredential: ({ call, params }) => credentials.remove(deps, call, params.credential_id as CredentialId),
  };
}

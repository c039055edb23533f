import { Credential, CredentialCreate, CredentialsPage, CredentialUpdate } from "../schemas/credential.ts";
import { PageQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

export const credentialOperations = {
  CreateCredential: {
    method: "POST",
    path: "/o/{organisation_id}/credentials",
    tag: "Credentials",
    access: "secrets:write",
    summary: "Keep a secret",
    description: "The secret is sealed at once and never shown again. Environments use the credential by its id.",
    body: CredentialCreate,
    success: { status: 201, body: Credential },
  },
  ListCredentials: {
    method: "GET",
    path: "/o/{organisation_id}/credentials",
    tag: "Credentials",
    access: "connections:read",
    summary: "List credentials",
    description: "Newest change first, with where each is used and whether its last use worked. Without their data.",
    query: PageQuery,
    success: { status: 200, body: CredentialsPage },
  },
  GetCredential: {
    method: "GET",
    path: "/o/{organisation_id}/credentials/{credential_id}",
    tag: "Credentials",
    access: "connections:read",
    summary: "Read a credential",
    description: "Every secret value is masked; nothing unmasks it.",
    success: { status: 200, body: Credential },
  },
  UpdateCredential: {
    method: "PUT",
    path: "/o/{organisation_id}/credentials/{credential_id}",
    tag: "Credentials",
    access: "secrets:write",
    summary: "Change a credential",
    description:
      "A masked value keeps what is stored. `type` never changes. A new token URL sends the secrets elsewhere, which is one reason why this needs `secrets:write`.",
    body: CredentialUpdate,
    success: { status: 200, body: Credential },
  },
  DeleteCredential: {
    method: "DELETE",
    path: "/o/{organisation_id}/credentials/{credential_id}",
    tag: "Credentials",
    access: "secrets:write",
    summary: "Delete a credential",
    description: "409 while an environment uses it, and says which.",
    success: { status: 204 },
  },
} as const satisfies Record<string, Operation>;

import { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyPage } from "../schemas/api-key.ts";
import { PageQuery } from "../schemas/page.ts";
import type { Operation } from "./operation.ts";

export const apiKeyOperations = {
  ListApiKeys: {
    method: "GET",
    path: "/organisations/{organisation_id}/api-keys",
    tag: "API keys",
    access: "organisation:admin",
    summary: "List API keys",
    description: "What each may do, when it ends and when it was last used. Never the key itself.",
    query: PageQuery,
    success: { status: 200, body: ApiKeyPage },
  },
  CreateApiKey: {
    method: "POST",
    path: "/organisations/{organisation_id}/api-keys",
    tag: "API keys",
    access: "organisation:admin",
    summary: "Create an API key",
    description: "The answer holds the key, this one time. Nobody can give a key more than they may do themselves.",
    body: ApiKeyCreate,
    success: { status: 201, body: ApiKeyCreated },
  },
  GetApiKey: {
    method: "GET",
    path: "/organisations/{organisation_id}/api-keys/{api_key_id}",
    tag: "API keys",
    access: "organisation:admin",
    summary: "Read an API key",
    description: "What it may do, when it ends and when it was last used. Never the key itself.",
    success: { status: 200, body: ApiKey },
  },
  DeleteApiKey: {
    method: "DELETE",
    path: "/organisations/{organisation_id}/api-keys/{api_key_id}",
    tag: "API keys",
    access: "organisation:admin",
    summary: "Revoke an API key",
    description: "Every node refuses it within a second.",
    success: { status: 204 },
  },
} as const satisfies Record<string, Operation>;

import * as apiKeys from "../control/api-keys.ts";
import type { ControlDeps } from "../control/change.ts";
import type { ApiKeyId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

/** Handlers of API keys. */
export function apiKeyHandlers(deps: ControlDeps): Pick<Handlers, "ListApiKeys" | "CreateApiKey" | "GetApiKey" | "DeleteApiKey"> {
  return {
    ListApiKeys: ({ call, query }) => apiKeys.list(deps, call, query),
    CreateApiKey: ({ call, body }) => apiKeys.create(deps, call, body),
    GetApiKey: ({ call, params }) => apiKeys.get(deps, call, params.api_key_id as ApiKeyId),
    DeleteApiKey: ({ call, params }) => apiKeys.remove(deps, call, params.api_key_id as ApiKeyId),
  };
}

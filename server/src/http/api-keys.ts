import * as apiKeys from "../control/api-keys.ts";
import type { ControlDeps } from "../control/change.ts";
import type { ApiKeyId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names = "ListApiKeys" | "CreateApiKey" | "GetApiKey" | "DeleteApiKey";

/** Handlers of API keys. */
export function apiKeyHandlers(deps: ControlDeps): Pick<Handlers, Names> {
  return {
    ListApiKeys: ({ call, query }) => apiKeys.list(deps, call, query),
    CreateApiKey: ({ call, body }) => apiKeys.create(deps, call, body),
    GetApiKey: ({ call, params }) => apiKeys.get(deps, call, params.api_key_id as ApiKeyId),
    DeleteApiKey: ({ call, params }) => apiKeys.remove(deps, call, params.api_key_id as ApiKeyId),
  };
}

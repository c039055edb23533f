import { listPresets, type VerificationDeps, verify } from "../control/verification.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

/** Handlers of what helps to set trigger credentials up. */
export function verificationHandlers(deps: VerificationDeps): Pick<Handlers, "VerifyTriggerDelivery" | "ListSignaturePresets"> {
  return {
    VerifyTriggerDelivery: ({ call, params, body }) => {
      const { connection_id, environment_id, trigger_name } = params;
      return verify(deps, call, { connectionId: connection_id as ConnectionId, environment: environment_id, trigger: trigger_name }, body);
    },
    ListSignaturePresets: () => listPresets(),
  };
}

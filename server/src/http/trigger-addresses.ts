import * as addresses from "../control/trigger-addresses.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

/** Handlers of the addresses at which triggers are called. */
export function triggerAddressHandlers(deps: addresses.TriggerAddressDeps): Pick<Handlers, "GetTriggerAddress" | "RotateTriggerAddress"> {
  return {
    GetTriggerAddress: ({ call, params }) => addresses.get(deps, call, placeOf(params)),
    RotateTriggerAddress: ({ call, params, body }) => addresses.rotate(deps, call, placeOf(params), body),
  };
}

interface Params {
  readonly connection_id: string;
  readonly environment_id: string;
  readonly trigger_name: string;
}

const placeOf = ({ connection_id, environment_id, trigger_name }: Params): addresses.TriggerPlace => ({
  connectionId: connection_id as ConnectionId,
  environment: environment_id,
  trigger: trigger_name,
});

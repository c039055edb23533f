import * as protocols from "../control/protocols.ts";
import type { Handlers } from "./handlers.ts";

/** Handlers of protocols and their auth schemes. */
export function protocolHandlers(): Pick<Handlers, "ListProtocols" | "ListAuthSchemes"> {
  return {
    ListProtocols({ query }) {
      const { items, ...page } = protocols.list(query);
      return { ...page, protocols: items };
    },
    ListAuthSchemes({ params }) {
      const { items, ...page } = protocols.listAuthSchemes(params.protocol_slug);
      return { ...page, authSchemes: items };
    },
  };
}

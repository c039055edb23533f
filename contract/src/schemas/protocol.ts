import { type Static, Type } from "typebox";
import { object, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

export const protocolTypes = ["http", "bigquery"] as const;

export const ProtocolType = words(protocolTypes, { title: "ProtocolType", description: "How an outside system is spoken to." });
export type ProtocolType = Static<typeof ProtocolType>;

export const Protocol = object("Protocol", {
  id: Type.String({ description: "Its stable id." }),
  slug: Type.String({ description: "What paths call it, as in `http`." }),
  name: Type.String({ description: "What people call it." }),
  description: Type.String({ description: "What it is for." }),
  iconURL: Type.String({ format: "uri", description: "Where its icon is." }),
});
export type Protocol = Static<typeof Protocol>;

export const ProtocolPage = object("ProtocolPage", { ...pageInfo, protocols: Type.Array(Protocol) });
export type ProtocolPage = Static<typeof ProtocolPage>;

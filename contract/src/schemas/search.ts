import { type Static, Type } from "typebox";
import { HTTPMethod } from "./action.ts";
import { line, name, notBlank, object, oneOf, ulid } from "./fields.ts";
import { strict } from "./page.ts";
import { ProtocolType } from "./protocol.ts";

export const FoundConnection = object("FoundConnection", {
  id: ulid("The connection."),
  name: name("Its name"),
  protocol: ProtocolType,
});
export type FoundConnection = Static<typeof FoundConnection>;

export const SearchItemConnection = object("SearchItemConnection", { kind: Type.Literal("connection"), connection: FoundConnection });
export type SearchItemConnection = Static<typeof SearchItemConnection>;

export const SearchItemAction = object("SearchItemAction", {
  kind: Type.Literal("action"),
  connection: FoundConnection,
  version: Type.String({
    description: "The name of the version that was searched: the connection's default one, else the latest, else its newest draft.",
  }),
  name: Type.String({ description: "The action's name." }),
  summary: Type.Optional(Type.String({ description: "What it does, in a line." })),
  method: Type.Optional(HTTPMethod),
  path: Type.Optional(Type.String({ description: "Below the base URL; absent where the protocol has none." })),
});
export type SearchItemAction = Static<typeof SearchItemAction>;

export const SearchItem = oneOf("SearchItem", "kind", [SearchItemConnection, SearchItemAction], "Something that was found.");
export type SearchItem = Static<typeof SearchItem>;

export const SearchResults = object("SearchResults", { items: Type.Array(SearchItem, { description: "The best first." }) });
export type SearchResults = Static<typeof SearchResults>;

export const SearchQuery = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: notBlank(line()),
      description: "What to look for: 1 to 200 characters, at least one that is not a space, no control characters.",
    }),
    first: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20, description: "How many to return, 1 to 50." })),
  },
  strict,
);
export type SearchQuery = Static<typeof SearchQuery>;

import { type Static, Type } from "typebox";
import { object } from "./fields.ts";

/** The properties that every page has beside its list. */
export const pageInfo = {
  totalCount: Type.Integer({ minimum: 0, description: "How many there are in all, on every page together." }),
  next: Type.Optional(Type.String({ description: "Cursor of the next page, for `after`. Absent on the last page." })),
  prev: Type.Optional(Type.String({ description: "Cursor of the page before, for `before`. Absent on the first page." })),
};

export const PageInfo = object("PageInfo", pageInfo, { description: "Where a page stands in its list." });
export type PageInfo = Static<typeof PageInfo>;

const cursor = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description }));

/** What every list takes to say which page. */
export const paging = {
  first: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "How many to return, 1 to 100." })),
  after: cursor("The `next` of a page: continue after it. Not together with `before`."),
  before: cursor("The `prev` of a page: go back before it. Not together with `after`."),
};

export const strict = { additionalProperties: false };

/** What every list takes. */
export const PageQuery = Type.Object(paging, strict);
export type PageQuery = Static<typeof PageQuery>;

export const ConnectionsQuery = Type.Object(
  {
    ...paging,
    sort: Type.Optional(
      Type.String({
        maxLength: 200,
        pattern: "^([^:,]+:[^:,]+)(,[^:,]+:[^:,]+)*$",
        description: "Such as `name:asc,id:desc`, over id, name, protocol, createdAt and updatedAt. Default: newest `updatedAt` first.",
      }),
    ),
    protocol: Type.Optional(
      Type.String({ maxLength: 100, description: "Only connections whose protocol contains this text, in any case." }),
    ),
  },
  strict,
);
export type ConnectionsQuery = Static<typeof ConnectionsQuery>;

export const ForceQuery = Type.Object(
  { force: Type.Optional(Type.Boolean({ default: false, description: "Delete although something still uses it." })) },
  strict,
);
export type ForceQuery = Static<typeof ForceQuery>;

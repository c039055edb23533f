import { type Static, Type } from "typebox";
import { ignored, line, notBlank, object, text, timestamp, ulid } from "./fields.ts";
import { pageInfo } from "./page.ts";

/** No `/` because the name is one segment of a path, and no `.` or `..` because clients fold those away. */
export const versionName = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: notBlank(line("/")).replace("^", "^(?!\\.{1,2}$)"),
  description: "1 to 100 characters without `/`, unique in the connection; `latest` and `default` are reserved.",
});

const description = Type.Optional(text("What is in it, at most 10,000 characters.", { maxLength: 10_000 }));

export const ConnectionVersion = object(
  "ConnectionVersion",
  {
    id: ulid("The version."),
    name: versionName,
    description,
    isLatest: Type.Boolean({ description: "Whether it was published last." }),
    isDefault: Type.Boolean({ description: "Whether `default` means this one." }),
    createdAt: timestamp("When it was created."),
    updatedAt: timestamp("When it last changed."),
    publishedAt: Type.Union([timestamp("When it was published."), Type.Null()], { description: "Null while it is a draft." }),
  },
  { description: "The actions, triggers and definitions of a connection at one time. Published, it never changes." },
);
export type ConnectionVersion = Static<typeof ConnectionVersion>;

export const ConnectionVersionCreate = object("ConnectionVersionCreate", {
  name: versionName,
  fromVersion: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "A version, `latest` or `default` to copy everything from." }),
  ),
});
export type ConnectionVersionCreate = Static<typeof ConnectionVersionCreate>;

export const ConnectionVersionUpdate = object(
  "ConnectionVersionUpdate",
  {
    id: ulid("The version; must be the one in the path."),
    name: versionName,
    description,
    isDefault: Type.Boolean({ description: "Makes `default` mean this one; only a published version may be it." }),
    isLatest: ignored(),
    createdAt: ignored(),
    updatedAt: ignored(),
    publishedAt: ignored(),
  },
  { description: "A `ConnectionVersion` as it is sent back." },
);
export type ConnectionVersionUpdate = Static<typeof ConnectionVersionUpdate>;

export const ConnectionVersionsPage = object("ConnectionVersionsPage", { ...pageInfo, items: Type.Array(ConnectionVersion) });
export type ConnectionVersionsPage = Static<typeof ConnectionVersionsPage>;

export const PublishConnectionResponse = object("PublishConnectionResponse", { version: ConnectionVersion });
export type PublishConnectionResponse = Static<typeof PublishConnectionResponse>;

export const UnpublishConnectionResponse = object("UnpublishConnectionResponse", { version: ConnectionVersion });
export type UnpublishConnectionResponse = Static<typeof UnpublishConnectionResponse>;

import { type Static, Type } from "typebox";
import { Action } from "./action.ts";
import { HTTPConnection } from "./connection.ts";
import { Definition } from "./definition.ts";
import { object, ulid, url, words } from "./fields.ts";
import { strict } from "./page.ts";
import { Trigger } from "./trigger.ts";
import { ConnectionVersion, versionName } from "./version.ts";
import { VersionDiff } from "./version-diff.ts";

export const MessageSeverity = words(["info", "warning", "error"], { title: "MessageSeverity" });

export const Message = object("Message", {
  text: Type.String({ description: "What happened, for people." }),
  severity: MessageSeverity,
  detail: Type.Optional(Type.Array(Type.String(), { description: "Where: JSON Pointers into the file, or its lines." })),
});
export type Message = Static<typeof Message>;

export const ImportHTTPConnectionMetadata = object("ImportHTTPConnectionMetadata", {
  format: words(["openapi", "postman"], {
    description: "What the file is: OpenAPI 3.0, 3.1 or Swagger 2.0 in JSON or YAML, or a Postman collection.",
  }),
  url: Type.Optional(url("The `url` of a file that was uploaded before, in place of the part `file`. Nothing else is fetched.")),
  connection: Type.Optional(ulid("An existing connection, which gets a new draft version of this content.")),
  version: Type.Optional({ ...versionName, description: "The new version's name; `1`, or the next number, when left out." }),
  compareWith: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "The version to tell the differences from; `default`, else the newest, when left out.",
    }),
  ),
});
export type ImportHTTPConnectionMetadata = Static<typeof ImportHTTPConnectionMetadata>;

export const ImportHTTPConnectionResult = object("ImportHTTPConnectionResult", {
  connection: HTTPConnection,
  definitions: Type.Array(Definition),
  actions: Type.Array(Action),
  triggers: Type.Optional(Type.Array(Trigger, { description: "Of the webhooks that the file describes." })),
  messages: Type.Array(Message, { description: "Everything that could not be carried over, and why." }),
  version: Type.Optional(ConnectionVersion),
  diff: Type.Optional(VersionDiff),
});
export type ImportHTTPConnectionResult = Static<typeof ImportHTTPConnectionResult>;

export const SignedURL = object("SignedURL", {
  uploadUrl: Type.String({
    format: "uri",
    description: "PUT the file here, once, within five minutes, with the type and length that were asked for.",
  }),
  url: Type.String({ format: "uri", description: "What to call the file afterwards." }),
});
export type SignedURL = Static<typeof SignedURL>;

export const UploadQuery = Type.Object(
  {
    filename: Type.String({ minLength: 1, maxLength: 255, description: "The file's name, for people." }),
    content_type: Type.String({ minLength: 1, maxLength: 200, description: "The media type it will be sent with." }),
    content_length: Type.Integer({ minimum: 1, description: "How many bytes it has." }),
  },
  strict,
);
export type UploadQuery = Static<typeof UploadQuery>;

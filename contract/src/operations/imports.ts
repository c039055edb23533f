import { Type } from "typebox";
import { ImportHTTPConnectionMetadata, ImportHTTPConnectionResult, SignedURL, UploadQuery } from "../schemas/import.ts";
import type { Operation } from "./operation.ts";

export const importOperations = {
  ImportHTTPConnection: {
    method: "POST",
    path: "/o/{organisation_id}/protocols/http/import",
    tag: "Protocols",
    access: "connections:write",
    summary: "Make a connection from an API's description",
    description:
      "Takes OpenAPI 3.0 and 3.1 and Swagger 2.0, in JSON or YAML, and Postman collections. Operations become actions, webhooks triggers, schemas definitions, security schemes auth scheme configs; " +
      "`messages` name what could not be carried over. Nothing outside the file is fetched. With `connection`, an existing connection gets a new draft version.",
    bodyType: "multipart/form-data",
    body: Type.Object(
      {
        file: Type.Optional(Type.Unsafe<Uint8Array>({ type: "string", format: "binary", description: "The description itself." })),
        metadata: ImportHTTPConnectionMetadata,
      },
      { additionalProperties: false },
    ),
    success: { status: 201, body: ImportHTTPConnectionResult },
  },
  GetProtocolUploadURL: {
    method: "GET",
    path: "/o/{organisation_id}/protocols/{protocol_slug}/upload-url",
    tag: "Protocols",
    access: "connections:write",
    summary: "Get an address to upload a file to",
    description: "For a file that is to be imported. The address works once and for five minutes, and takes only what was announced.",
    query: UploadQuery,
    success: { status: 200, body: SignedURL },
  },
} as const satisfies Record<string, Operation>;

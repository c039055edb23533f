import type { TSchema } from "typebox";
import type { Scope } from "../schemas/api-key.ts";

/** One operation of the API: everything that the server, the OpenAPI document and clients need to know about it. */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As in `/o/{organisation_id}/connections`; the parameters are described in `path-parameters.ts`. */
  readonly path: string;
  readonly tag: Tag;
  readonly access: Access;
  readonly summary: string;
  readonly description: string;
  readonly query?: TSchema;
  /** What the body must be. An operation with a body always needs one. */
  readonly body?: TSchema;
  /** JSON when left out. Of a form, `body` describes the parts as they are read. */
  readonly bodyType?: "multipart/form-data";
  /** `type` is JSON when left out; of text, `body` is a string. `stream` says what the same is as server-sent events, for whoever accepts those. */
  readonly success: { readonly status: 200 | 201 | 204; readonly body?: TSchema; readonly type?: "text/plain"; readonly stream?: string };
  /** Failures with a meaning of their own here; every other failure is the `default` answer. The body is an `Error`, or has more beside it. */
  readonly failures?: Readonly<Partial<Record<number, Failure>>>;
}

/** What it means, and the body where that is more than an `Error`. */
export type Failure = string | { readonly description: string; readonly body: TSchema };

/**
 * Who may call: somebody with that scope; `member`, any person or key of the organisation; `signed-in`, anybody known;
 * `public`, everybody.
 */
export type Access = Scope | "member" | "signed-in" | "public";

export type Tag = keyof typeof tags;

/** The chapters of the API, in the order they are shown. */
export const tags = {
  Connections: "Outside systems and how to reach them.",
  Environments: "Instances of an outside system: development, production, a customer.",
  Credentials: "Secrets. They go in and never come out.",
  Versions: "Drafts and published content of a connection.",
  Definitions: "Schemas for what goes in and comes out. They belong to a version.",
  Actions: "Typed operations on an outside system. They belong to a version.",
  Triggers: "Typed ways in: webhooks that an outside system may call. They belong to a version.",
  Events: "What came in, verified or not, and what happened within Mooring.",
  Subscriptions: "Registered interest in a connection, which keeps what it uses, and to whom its events go.",
  Protocols: "How outside systems are spoken to, and how each can be given proof of identity.",
  Gateway: "Calls to outside systems, with the proof of identity added on the way.",
  Organisations: "Tenants.",
  Members: "People in an organisation, and invitations.",
  "API keys": "Keys for programs.",
  Audit: "Who changed what, and when.",
} as const;

import type { ActionBigQueryParameter, ActionHTTPParameter, ContentError, HTTPMethod } from "@mooring/contract";
import type { ActionId, DefinitionId } from "../kernel/ids.ts";

/** An action as it is kept: what it uses is named by id, which holds in every copy of it. */
export interface StoredAction {
  readonly id: ActionId;
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly document: ActionDocument;
  /** What the checks said when it, or something it uses, was last written. */
  readonly errors: readonly ContentError[];
}

/** How many actions a version may hold. */
export const actionsMax = 10_000;

/** What an action does, apart from its name and what people read. */
export type ActionDocument = HttpActionDocument | BigQueryActionDocument;

export interface HttpActionDocument {
  readonly type: "http";
  readonly method: HTTPMethod;
  /** A template, below the base URL. */
  readonly path: string;
  readonly parameters: readonly ActionHTTPParameter[];
  readonly requestBody?: { readonly required: boolean; readonly definitions: readonly DefinitionLink[] };
  readonly responses: readonly StoredResponse[];
}

export interface StoredResponse {
  /** Absent for the one that stands for all other statuses. */
  readonly status?: number;
  readonly description?: string;
  readonly definitions: readonly DefinitionLink[];
}

export interface BigQueryActionDocument {
  readonly type: "bigquery";
  readonly query: string;
  readonly parameters: readonly ActionBigQueryParameter[];
  readonly maximumBytesBilled?: string;
  readonly location?: string;
  /** What describes each row. */
  readonly row?: DefinitionLink;
}

/** What an action uses, or the name of what it would use if there were such a definition: then the action has an error. */
export type DefinitionLink = { readonly id: DefinitionId; readonly accept?: readonly string[] } | MissingLink;

export interface MissingLink {
  readonly missing: string;
  readonly accept?: readonly string[];
}

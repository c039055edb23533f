import type { ContentError, HTTPMethod, TriggerChallenge, TriggerHTTPParameter } from "@mooring/contract";
import type { TriggerId } from "../kernel/ids.ts";
import type { DefinitionLink, StoredResponse } from "./action.ts";

/** A trigger as it is kept. */
export interface StoredTrigger {
  readonly id: TriggerId;
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly document: TriggerDocument;
  /** What was wrong with it when it, or what it uses, was last written. */
  readonly errors: readonly ContentError[];
}

/** What comes in, and what the sender is answered. */
export interface TriggerDocument {
  readonly type: "http";
  readonly method: HTTPMethod;
  /** Whether an event that does not fit is refused; it is marked when left out. */
  readonly strict?: boolean;
  /** Where a sender that proves the address puts the text that it wants back. */
  readonly challenge?: TriggerChallenge;
  readonly parameters: readonly TriggerHTTPParameter[];
  readonly requestBody?: { readonly required: boolean; readonly definitions: readonly DefinitionLink[] };
  readonly responses: readonly StoredResponse[];
}

/** How many triggers a version may hold. */
export const triggersMax = 1_000;

/** What the sender of an event that is kept gets: the lowest status of success that is declared, or else 200. An order says nothing. */
export function successStatus({ responses }: Pick<TriggerDocument, "responses">): number {
  const declared = responses.flatMap(({ status = 0 }) => (status >= 200 && status <= 299 ? [status] : []));
  return declared.length === 0 ? 200 : Math.min(...declared);
}

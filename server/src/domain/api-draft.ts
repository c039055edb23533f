import type { AuthSchemeConfig, EnvironmentVariable, Message } from "@mooring/contract";
import type { DefinitionId } from "../kernel/ids.ts";
import type { StoredAction } from "./action.ts";
import type { StoredDefinition } from "./definition.ts";
import type { StoredTrigger } from "./trigger.ts";

/** What a description of an API says about the connection to it; its actions, triggers and definitions are rows beside it. */
export interface ApiDraft {
  readonly name: string;
  readonly description?: string;
  readonly baseUrl: string;
  /** What the base URL needs, with the file's defaults. */
  readonly environmentVariables: readonly EnvironmentVariable[];
  /** In the order of the file's requirements. */
  readonly authSchemeConfigs: readonly AuthSchemeConfig[];
  /** Everything that was not carried over, and where it is in the file. */
  readonly messages: readonly Message[];
}

/** A definition to write, and the definitions that its schema refers to, itself included where it does. */
export type DraftDefinition = StoredDefinition & { readonly uses: readonly DefinitionId[] };

/** An action to write, and the definitions that its body and responses link to. */
export type DraftAction = StoredAction & { readonly uses: readonly DefinitionId[] };

/** A trigger to write, and the definitions that it links to. */
export type DraftTrigger = StoredTrigger & { readonly uses: readonly DefinitionId[] };

import type { ContentError } from "@mooring/contract";
import { onTestFinished } from "vitest";
import type { DefinitionLink, HttpActionDocument } from "../../src/domain/action.ts";
import type { CalledDefinition } from "../../src/domain/definition.ts";
import type { ActionId, DefinitionId, VersionId } from "../../src/kernel/ids.ts";
import type { Checks } from "../../src/sandbox/held-against.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import type { StoredActionCall } from "../../src/store/action-calls.ts";
import { type Answer, type CallOptions, call, proxyPath, type Rig, rig } from "./rig.ts";

type Given = Parameters<typeof rig>[0];

/** A gateway with actions, whose input is held against schemas by real workers. */
export async function actionRig({
  actions,
  ...given
}: Given & { actions: Readonly<Record<string, StoredActionCall>> }): Promise<ActionRig> {
  const sandbox = createSandbox();
  onTestFinished(() => sandbox.close());
  let validations = 0;
  const counting: Checks = {
    validate(what) {
      validations += 1;
      return sandbox.validate(what);
    },
    validateXml: sandbox.validateXml,
  };
  const made = await rig({ ...given, actions, sandbox: counting });
  const ask = (action: string, input: unknown, { headers = [], query = "", body }: AskOptions = {}, kind = "invoke") =>
    call(made.port, `${actionPath(action)}/${kind}${query}`, {
      method: "POST",
      headers: ["Content-Type", "application/json", ...headers],
      body: body ?? JSON.stringify(input),
    });
  return {
    ...made,
    validations: () => validations,
    invoke: ask,
    explain: (action, input, options) => ask(action, input, options, "explain"),
  };
}

export interface ActionRig extends Rig {
  invoke(action: string, input: unknown, options?: AskOptions): Promise<Answer & { error: { fields?: readonly { field: string }[] } }>;
  explain(action: string, input: unknown, options?: AskOptions): Promise<Answer>;
  /** How often something was held against a schema. */
  validations(): number;
}

export interface AskOptions extends Pick<CallOptions, "headers" | "body"> {
  /** With its question mark. */
  readonly query?: string;
}

export const actionPath = (action: string) => proxyPath.replace(/proxy$/, `actions/${action}`);

/** An action over HTTP as it is stored. */
export function storedAction(
  document: Partial<HttpActionDocument> = {},
  { definitions = [], errors = [] }: { definitions?: readonly CalledDefinition[]; errors?: readonly ContentError[] } = {},
): StoredActionCall {
  return {
    versionId: "01KAVER0000000000000000001" as VersionId,
    id: "01KAACT0000000000000000001" as ActionId,
    name: "action",
    document: { type: "http", method: "POST", path: "/things", parameters: [], responses: [], ...document },
    errors,
    definitions,
  };
}

let definitions = 0;

/** A definition as it is stored. */
export function storedDefinition(schema: unknown, changes: Partial<CalledDefinition> = {}): CalledDefinition {
  definitions += 1;
  return {
    id: `01KADEF${String(definitions).padStart(19, "0")}` as DefinitionId,
    name: `Definition${definitions}`,
    accept: ["application/json"],
    contentType: "application/schema+json",
    content: typeof schema === "string" ? schema : JSON.stringify(schema),
    ...changes,
  };
}

export const linkTo = ({ id }: CalledDefinition, accept?: readonly string[]): DefinitionLink => ({ id, ...(accept && { accept }) });

/** The places of an answer's faults, in the order of the alphabet. */
export const fieldsOf = ({ error }: Answer): string[] =>
  ((error as { fields?: readonly { field: string }[] }).fields ?? []).map(({ field }) => field).sort();

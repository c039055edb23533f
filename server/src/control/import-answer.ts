import { setImmediate as nextTurn } from "node:timers/promises";
import type { Definition, VersionDiff } from "@mooring/contract";
import { schemasUrl, shownDefinition } from "../domain/definition.ts";
import { shownAction } from "../domain/shown-action.ts";
import { shownTrigger } from "../domain/shown-trigger.ts";
import type { WayKind, Ways } from "../domain/way.ts";
import { Problem } from "../kernel/errors.ts";
import type { DefinitionId, OrganisationId } from "../kernel/ids.ts";
import { getConnection } from "../store/connections.ts";
import { definitionHeads } from "../store/definitions.ts";
import { type ContentVersion, getContentVersion } from "../store/versions.ts";
import { waysBefore } from "../store/ways.ts";
import type { Call } from "./change.ts";
import type { ImportDeps, Imported } from "./imports.ts";
import { inTurnOfVersions } from "./version-content.ts";
import { diffVersions } from "./version-diff.ts";

/**
 * What an import came to as the API shows it, as the pieces of a JSON text: that of a large API has many megabytes, which are never in
 * memory at once. It is read from what is stored, so that a repeated request is answered alike, with what became of it meanwhile.
 * Throws `Problem` not_found when it is gone.
 */
export async function importAnswer(deps: ImportDeps, call: Call, imported: Imported): Promise<AsyncIterable<string>> {
  const { org } = call.actor;
  const { connection, version, heads } = await deps.db.read(org, async (tx) => {
    const stored = await getConnection(tx, org, imported.connectionId);
    const name = stored?.versions.find(({ id }) => id === imported.versionId)?.name;
    const content = name === undefined ? undefined : await getContentVersion(tx, org, imported.connectionId, name);
    if (!stored || !content) throw new Problem("not_found");
    return { connection: stored, version: content, heads: await definitionHeads(tx, org, content.id) };
  });
  const diff = await diffOf(deps, org, imported);
  const schemas = schemasUrl(deps.publicUrl, org, version.schemaKey);
  const own = imported.isNew ? undefined : connection.versions.find(({ id }) => id === version.id);
  return inOnes(pieces());

  async function* pieces(): AsyncGenerator<string> {
    yield `{"connection":${JSON.stringify(connection)},"definitions":[`;
    const definitions = new Map<DefinitionId, Definition>();
    let comma = "";
    for (const head of heads) {
      yield comma + JSON.stringify(shownDefinition(head, schemas));
      // The description is told once: any number of actions and triggers may use the same definition.
      const { description: _, ...inAction } = head;
      definitions.set(head.id, shownDefinition(inAction, schemas));
      comma = ",";
    }
    yield '],"actions":[';
    comma = "";
    for await (const action of waysOf(deps, org, version, "action")) {
      yield comma + JSON.stringify(shownAction(action, definitions));
      comma = ",";
    }
    yield '],"triggers":[';
    comma = "";
    for await (const trigger of waysOf(deps, org, version, "trigger")) {
      yield comma + JSON.stringify(shownTrigger(trigger, definitions));
      comma = ",";
    }
    yield `],"messages":${JSON.stringify(imported.messages)}`;
    if (own) yield `,"version":${JSON.stringify(own)}`;
    if (diff) yield `,"diff":${JSON.stringify(diff)}`;
    yield "}";
  }
}

/** Undefined where there was nothing to compare with, or is not any more. */
async function diffOf({ db }: ImportDeps, org: OrganisationId, { comparedWith, versionId }: Imported): Promise<VersionDiff | undefined> {
  if (!comparedWith) return undefined;
  try {
    return await inTurnOfVersions(org, () => db.read(org, (tx) => diffVersions(tx, org, comparedWith.id, versionId)));
  } catch (error) {
    if (error instanceof Problem && error.code === "not_found") return undefined;
    throw error;
  }
}

async function* waysOf<Kind extends WayKind>(
  { db }: ImportDeps,
  org: OrganisationId,
  { id }: ContentVersion,
  kind: Kind,
): AsyncGenerator<Ways[Kind]> {
  for (let before: Ways[Kind]["id"] | undefined; ; ) {
    const portion = await db.read(org, (tx) => waysBefore(tx, org, id, kind, { before, count: waysAtOnce }));
    yield* portion;
    before = portion.at(-1)?.id;
    if (portion.length < waysAtOnce) return;
  }
}

const waysAtOnce = 50;

/** The same text in pieces of about 64 KiB, each in a turn of the event loop of its own. */
export async function* inOnes(small: AsyncIterable<string>): AsyncGenerator<string> {
  let held = "";
  for await (const piece of small) {
    held += piece;
    if (held.length < pieceLength) continue;
    yield held;
    held = "";
    await nextTurn();
  }
  yield held;
}

const pieceLength = 64 * 1024;

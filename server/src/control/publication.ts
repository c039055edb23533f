import { isError } from "../domain/content-error.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import { definitionHeads } from "../store/definitions.ts";
import { faultyActions } from "./action-checks.ts";
import type { Content } from "./content.ts";

/**
 * Throws `Problem` version_incomplete with everything that keeps the version from being published, each fault with its place, as in
 * `actions[listUsers]/responses/0/definitions/0`. The connection must be held, so that nothing changes after it was checked.
 */
export async function requirePublishable(content: Content): Promise<void> {
  const faults = [...(await definitionFaults(content)), ...(await actionFaults(content))];
  if (faults.length === 0) return;
  throw new Problem("version_incomplete", {
    fields: faults.slice(0, faultsMax),
    ...(faults.length > faultsMax ? { message: `There are ${faults.length} faults; the first ${faultsMax} are listed in fields.` } : {}),
  });
}

// More would be a page of megabytes that nobody reads to its end.
const faultsMax = 2_000;

async function definitionFaults({ tx, org, version }: Content): Promise<Fault[]> {
  const heads = await definitionHeads(tx, org, version.id);
  return heads.flatMap(({ name, errors }) =>
    errors.filter(isError).map(({ field, message }) => ({ field: `definitions[${name}]${field}`, message })),
  );
}

async function actionFaults(content: Content): Promise<Fault[]> {
  const faulty = await faultyActions(content);
  return faulty.flatMap(({ name, errors }) => errors.map(({ field, message }) => ({ field: `actions[${name}]${field}`, message })));
}

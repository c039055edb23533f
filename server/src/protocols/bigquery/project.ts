import { Problem } from "../../kernel/errors.ts";

/** Where a connection's unqualified tables are. */
export interface Dataset {
  readonly datasetId: string;
  /** Undefined for the project that the query runs in. */
  readonly projectId?: string;
}

/** Reads a connection's dataset: `dataset`, `project.dataset` or `project:dataset`. A project may have a dot and a colon of its own. Undefined when empty. */
export function datasetOf(text: string): Dataset | undefined {
  const at = Math.max(text.lastIndexOf("."), text.lastIndexOf(":"));
  const [projectId, datasetId] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (datasetId === "") return undefined;
  return projectId === "" ? { datasetId } : { datasetId, projectId };
}

/**
 * The project that a query runs in and that pays for it: the environment's variable `project`, else the service account's own, else the
 * dataset's. A dataset is often somebody else's, so it comes last. Throws `Problem` template_unresolved where none of them says.
 */
export function projectOf({ variable, account, dataset }: ProjectSources): string {
  const project = variable || account || dataset?.projectId;
  if (project) return project;
  throw new Problem("template_unresolved", {
    message:
      "Nothing was sent, because no project is known that the query runs in: give the environment a variable `project`, or write the connection's dataset as `project.dataset`.",
  });
}

export interface ProjectSources {
  readonly variable: string | undefined;
  readonly account: string | undefined;
  readonly dataset: Dataset | undefined;
}

import type { PublicationDeps } from "../control/publication.ts";
import { diff } from "../control/version-diff.ts";
import { types } from "../control/version-types.ts";
import * as versions from "../control/versions.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names =
  | "ListConnectionVersions"
  | "CreateConnectionVersion"
  | "GetConnectionVersion"
  | "UpdateConnectionVersion"
  | "DeleteConnectionVersion"
  | "DiffConnectionVersions"
  | "GetConnectionVersionTypes"
  | "PublishConnection"
  | "UnpublishConnection";

/** Handlers of versions. */
export function versionHandlers(deps: PublicationDeps): Pick<Handlers, Names> {
  return {
    ListConnectionVersions: ({ call, params, query }) => versions.list(deps, call, params.connection_id as ConnectionId, query),
    CreateConnectionVersion: ({ call, params, body }) => versions.create(deps, call, params.connection_id as ConnectionId, body),
    GetConnectionVersion: ({ call, params }) => versions.get(deps, call, params.connection_id as ConnectionId, params.version),
    UpdateConnectionVersion: ({ call, params, body }) =>
      versions.update(deps, call, params.connection_id as ConnectionId, params.version, body),
    DeleteConnectionVersion: ({ call, params, query }) =>
      versions.remove(deps, call, params.connection_id as ConnectionId, params.version, { force: query.force ?? false }),
    DiffConnectionVersions: ({ call, params }) =>
      diff(deps, call, params.connection_id as ConnectionId, { from: params.version, to: params.other_version }),
    GetConnectionVersionTypes: ({ call, params }) => types(deps, call, params.connection_id as ConnectionId, params.version),
    PublishConnection: ({ call, params }) => versions.publish(deps, call, params.connection_id as ConnectionId, params.version),
    UnpublishConnection: ({ call, params }) => versions.unpublish(deps, call, params.connection_id as ConnectionId, params.version),
  };
}

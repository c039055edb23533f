import * as invitations from "../control/invitations.ts";
import * as members from "../control/members.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Handlers } from "./handlers.ts";

type Names =
  | "ListMembers"
  | "GetMember"
  | "UpdateMember"
  | "RemoveMember"
  | "ListInvitations"
  | "CreateInvitation"
  | "DeleteInvitation"
  | "AcceptInvitation";

/** Handlers of members and of invitations to become one. */
export function memberHandlers(deps: invitations.InvitationDeps): Pick<Handlers, Names> {
  return {
    ListMembers: ({ call, query }) => members.list(deps, call, query),
    GetMember: ({ call, params }) => members.get(deps, call, params.user_id as UserId),
    UpdateMember: ({ call, params, body }) => members.update(deps, call, params.user_id as UserId, body),
    RemoveMember: ({ call, params }) => members.remove(deps, call, params.user_id as UserId),
    ListInvitations: ({ call, query }) => invitations.list(deps, call, query),
    CreateInvitation: ({ call, body }) => invitations.create(deps, call, body),
    DeleteInvitation: ({ call, params }) => invitations.remove(deps, call, params.invitation_id),
    AcceptInvitation: ({ caller, requestId, body }) => invitations.accept(deps, { caller, requestId }, body),
  };
}

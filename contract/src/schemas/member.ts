import { type Static, Type } from "typebox";
import { Scope } from "./api-key.ts";
import { ignored, name, object, text, timestamp, ulid, words } from "./fields.ts";
import { Organisation } from "./organisation.ts";
import { pageInfo } from "./page.ts";

export const roles = ["owner", "admin", "developer", "viewer"] as const;

export const Role = words(roles, {
  title: "Role",
  description: "`owner` and `admin` do everything; `developer` all but members and secrets of production; `viewer` only reads.",
});
export type Role = Static<typeof Role>;

const email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: "^[!-?A-~]{1,64}@[!-?A-~]{1,253}$",
  description: "An e-mail address in ASCII.",
});

export const Member = object(
  "Member",
  {
    id: ulid("The person."),
    name: Type.String({ description: "What they are called." }),
    email,
    role: Role,
    scopes: Type.Array(Scope, { description: "What their role lets them do." }),
    createdAt: timestamp("When they joined."),
    updatedAt: timestamp("When their role last changed."),
  },
  { description: "A person in an organisation." },
);
export type Member = Static<typeof Member>;

export const MemberUpdate = object("MemberUpdate", {
  id: ignored(),
  name: ignored(),
  email: ignored(),
  role: Role,
  scopes: ignored(),
  createdAt: ignored(),
  updatedAt: ignored(),
});
export type MemberUpdate = Static<typeof MemberUpdate>;

export const MemberPage = object("MemberPage", { ...pageInfo, items: Type.Array(Member) });
export type MemberPage = Static<typeof MemberPage>;

const invitation = {
  id: ulid("The invitation."),
  email,
  role: Role,
  createdAt: timestamp("When it was made."),
  expiresAt: timestamp("When it stops working."),
};

export const Invitation = object("Invitation", invitation, { description: "A place kept for a person who has not answered yet." });
export type Invitation = Static<typeof Invitation>;

export const InvitationCreate = object("InvitationCreate", { email, role: Role });
export type InvitationCreate = Static<typeof InvitationCreate>;

export const InvitationCreated = object("InvitationCreated", {
  ...invitation,
  url: Type.String({ format: "uri", description: "Give this to the person. Works once and is shown once." }),
});
export type InvitationCreated = Static<typeof InvitationCreated>;

export const InvitationPage = object("InvitationPage", { ...pageInfo, items: Type.Array(Invitation) });
export type InvitationPage = Static<typeof InvitationPage>;

export const InvitationAccept = object("InvitationAccept", {
  token: Type.String({ minLength: 1, maxLength: 512, pattern: "^[!-~]+$", description: "From the address of the invitation." }),
  name: name("What you are called"),
  password: Type.Optional(
    text("12 to 128 characters, for the new account. Ignored for somebody who is signed in.", { minLength: 12, maxLength: 128 }),
  ),
});
export type InvitationAccept = Static<typeof InvitationAccept>;

export const InvitationAccepted = object("InvitationAccepted", { organisation: Organisation, member: Member });
export type InvitationAccepted = Static<typeof InvitationAccepted>;

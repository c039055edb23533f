import { type Static, Type } from "typebox";
import { object, timestamp, ulid, words } from "./fields.ts";
import { pageInfo } from "./page.ts";

export const AuditActor = object("AuditActor", {
  type: words(["person", "api-key", "system"], { description: "What kind of actor it was." }),
  id: Type.String({ description: "The person or key; for the system, what part of it." }),
  name: Type.Optional(Type.String({ description: "What it was called then." })),
});
export type AuditActor = Static<typeof AuditActor>;

export const AuditSubject = object("AuditSubject", {
  type: Type.String({ description: "As in `connection`." }),
  id: Type.String({ description: "Which one." }),
  name: Type.Optional(Type.String({ description: "What it was called then." })),
});
export type AuditSubject = Static<typeof AuditSubject>;

export const AuditChange = object("AuditChange", {
  field: Type.String({ description: "What changed, as in `environments[0].name`." }),
  before: Type.Optional(Type.Unknown({ description: "What it was. Absent: it was not there." })),
  after: Type.Optional(Type.Unknown({ description: "What it is now. Absent: it is gone." })),
});
export type AuditChange = Static<typeof AuditChange>;

export const AuditEntry = object(
  "AuditEntry",
  {
    id: ulid("The entry."),
    at: timestamp("When it happened."),
    actor: AuditActor,
    requestId: Type.String({ description: "The request that did it; the log has the same." }),
    operation: Type.String({ description: "What happened, as in `connection.updated`." }),
    subject: AuditSubject,
    changes: Type.Array(AuditChange, { description: "What it changed. A secret is only said to have changed." }),
  },
  { description: "One change, written together with it. Never holds a secret." },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = object("AuditPage", { ...pageInfo, items: Type.Array(AuditEntry) });
export type AuditPage = Static<typeof AuditPage>;

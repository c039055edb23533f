import type { AuditEntry } from "@mooring/contract";

/** What somebody did, as in `published version`: what follows is the name of the subject. */
export function deedOf({ operation, subject: { name } }: Pick<AuditEntry, "operation" | "subject">, times = 1): string {
  const known = deeds[operation];
  if (known !== undefined && times === 1) return known;
  const [noun = "", did = ""] = operation.split(".");
  const verb = did.replaceAll(/[_-]/g, " ");
  const subject = noun.replaceAll("-", " ");
  if (times > 1) return `${verb} ${times} ${subject.endsWith("y") && subject !== "key" ? `${subject.slice(0, -1)}ies` : `${subject}s`}`;
  return name === undefined ? `${verb} ${/^[aeiou]/.test(subject) ? "an" : "a"} ${subject}` : `${verb} the ${subject}`;
}

// Only what is not said well by its own name: `connection.created` is "created the connection".
const deeds: Readonly<Record<string, string>> = {
  "action.updated": "changed the action",
  "api-key.created": "made the API key",
  "api-key.deleted": "revoked the API key",
  "connection.updated": "changed the connection",
  "credential.connect_started": "began to connect the credential",
  "credential.updated": "changed the credential",
  "definition.updated": "changed the definition",
  "environment.updated": "changed the environment",
  "event.redelivered": "had an event delivered again",
  "event.verified": "verified an event again",
  "invitation.accepted": "accepted the invitation for",
  "invitation.created": "invited",
  "invitation.deleted": "took back the invitation of",
  "member.removed": "removed the member",
  "member.updated": "changed the role of",
  "organisation.updated": "renamed the organisation to",
  "subscription.key-created": "made a new signing key for the subscription",
  "subscription.resumed": "resumed the subscription",
  "subscription.updated": "changed the subscription",
  "trigger.address_rotated": "gave a new address to the trigger",
  "trigger.updated": "changed the trigger",
  "version.created": "began version",
  "version.deleted": "deleted version",
  "version.imported": "imported a file into version",
  "version.published": "published version",
  "version.unpublished": "took back the publication of version",
  "version.updated": "changed version",
};

/** Changes of one request that did the same, told as one: `times` says how many there were. */
export interface Told {
  readonly entry: AuditEntry;
  readonly times: number;
  /** Whether what it is about is there no more, as far as these entries tell. */
  readonly isGone: boolean;
}

/** Newest first, as the API lists them; those of one request that did the same are one. */
export function toldOf(entries: readonly AuditEntry[]): Told[] {
  const gone = new Set(entries.filter(({ operation }) => /\.(deleted|removed)$/.test(operation)).map(({ subject }) => subject.id));
  const told: Told[] = [];
  for (const entry of entries) {
    const last = told.at(-1);
    if (last && last.entry.requestId === entry.requestId && last.entry.operation === entry.operation)
      told[told.length - 1] = { ...last, times: last.times + 1 };
    else told.push({ entry, times: 1, isGone: gone.has(entry.subject.id) });
  }
  return told;
}

import { Anchor } from "@mantine/core";
import type { AuditEntry } from "@mooring/contract";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useOrganisation, usePerson } from "../api/session.ts";

/** Changes of one request that did the same, told as one: `times` says how many there were. */
export interface Told {
  readonly entry: AuditEntry;
  readonly times: number;
  /** Whether what it is about is there no more, as far as the entries tell. */
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

/** A change as a sentence: who did what to what, with a link to it while it may be there. `actor` is what the actor is called. */
export function ChangeSentence({ told: { entry, times, isGone }, actor }: { told: Told; actor: string | undefined }) {
  const person = usePerson();
  const { type, id } = entry.actor;
  const isSelf = type === "person" && id === person.id;
  const unknown = { system: "Mooring", "api-key": "An API key", person: "Somebody" }[type];
  return (
    <>
      {isSelf ? "You" : <b>{actor ?? unknown}</b>} {deedOf(entry, times)}{" "}
      {times === 1 && <Subject subject={entry.subject} isGone={isGone} />}
    </>
  );
}

function deedOf({ operation, subject: { name } }: AuditEntry, times: number): string {
  const known = deeds[operation];
  if (known !== undefined && times === 1) return known;
  const [noun = "", did = ""] = operation.split(".");
  const verb = did.replaceAll(/[_-]/g, " ");
  const subject = noun.replaceAll("-", " ");
  if (times > 1) return `${verb} ${times} ${subject}s`;
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

function Subject({ subject: { type, id, name }, isGone }: { subject: AuditEntry["subject"]; isGone: boolean }) {
  const org = useOrganisation();
  const link = isGone ? undefined : linkTo(org, type, id);
  if (name === undefined) return null;
  return link ? (
    <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} {...link} />}>
      {name}
    </Anchor>
  ) : (
    <b>{name}</b>
  );
}

/** Where something has its page; undefined when it stands below something that the audit does not name. */
function linkTo(org: string, type: string, id: string): LinkProps | undefined {
  if (type === "connection") return { to: "/o/$org/connections/$connection", params: { org, connection: id } };
  if (type === "credential") return { to: "/o/$org/credentials/$credential", params: { org, credential: id } };
  if (type === "api-key") return { to: "/o/$org/api-keys", params: { org } };
  if (type === "member" || type === "invitation") return { to: "/o/$org/members", params: { org } };
  return undefined;
}

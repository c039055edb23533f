import type { Engine } from "../database.ts";
import type { Migration } from "../migrate.ts";

const own = "org_id = current_setting('mooring.org', true)";
const ended = (column: string) => `${column} < current_setting('mooring.expired_before', true)`;

/**
 * What comes in and where it goes. An event is one row, as it came; a delivery is an event on its way to one destination. What is
 * committed of an event counts it in the same transaction (`event_sequences`), so that positions have the order of commits and
 * whoever reads behind one misses nothing.
 */
export const webhooks: Migration = {
  number: 10,
  name: "webhooks",
  statements: (engine) => [...subscriptionColumns(engine), ...tables(engine), ...deliveryTables(engine), ...indexes],
  rowSecurity: {
    triggers: own,
    trigger_addresses: `${own} or token_hash = current_setting('mooring.trigger_token', true) or ${ended("expires_at")}`,
    event_sequences: own,
    // Who clears away sees what is past its time, whoever's it is.
    events: `${own} or id < current_setting('mooring.events_before', true)`,
    // Who delivers sees what waits, and for whom, before it works within one organisation.
    destinations: `${own} or current_setting('mooring.work', true) = 'deliveries'`,
    deliveries: `${own} or (state = 'waiting' and current_setting('mooring.work', true) = 'deliveries')`,
    credential_predecessors: `${own} or ${ended("valid_until")}`,
  },
  appendOnly: [],
};

function subscriptionColumns(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  return [
    `alter table subscriptions add column trigger_name ${text}`,
    `alter table subscriptions add column own_events ${text}`,
    `alter table subscriptions add column filter ${text}`,
    // The position in the connection's events up to which it has dealt with them.
    `alter table subscriptions add column acknowledged ${integer} not null default 0`,
  ];
}

function tables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const bytes = engine === "postgres" ? "bytea" : "blob";
  const end = engine === "postgres" ? "" : " strict";
  const ofConnection = "foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade";
  return [
    `create table triggers (
      org_id ${text} not null,
      version_id ${text} not null,
      id ${text} not null,
      name ${text} not null,
      type ${text} not null,
      summary ${text},
      description ${text},
      document ${text} not null,
      errors ${text},
      created_at ${text} not null,
      updated_at ${text} not null,
      primary key (org_id, version_id, id),
      constraint triggers_name unique (org_id, version_id, name),
      foreign key (org_id, version_id) references versions (org_id, id) on delete cascade
    )${end}`,
    `create table trigger_addresses (
      org_id ${text} not null,
      id ${text} not null,
      connection_id ${text} not null,
      environment_id ${text} not null,
      trigger_name ${text} not null,
      version ${text},
      token_hash ${text} not null,
      sealed ${text} not null,
      created_at ${text} not null,
      expires_at ${text},
      primary key (org_id, id),
      constraint trigger_addresses_token unique (token_hash),
      ${ofConnection},
      foreign key (org_id, environment_id) references environments (org_id, id) on delete cascade
    )${end}`,
    // One row with an empty environment and trigger counts all of a connection's; the others count those of a trigger in an environment.
    `create table event_sequences (
      org_id ${text} not null,
      connection_id ${text} not null,
      environment_id ${text} not null,
      trigger_name ${text} not null,
      last ${integer} not null,
      primary key (org_id, connection_id, environment_id, trigger_name),
      ${ofConnection}
    )${end}`,
    // No key leads to the connection: to delete one with a million events would take too long for one statement. They go when their time is
    // over, and are not to be had before. Headers and target are masked; sealed holds what they hid, of an unverified event alone. Position,
    // sequence and dedupe_key are null for an unverified one. What is long comes last: a list reads what is in front of it, and no further.
    `create table events (
      org_id ${text} not null,
      id ${text} not null,
      connection_id ${text} not null,
      position ${integer},
      origin ${text} not null check (origin in ('verified', 'unverified', 'own')),
      type ${text} not null,
      environment_id ${text},
      trigger_name ${text},
      sequence ${integer},
      received_at ${text} not null,
      duplicates ${integer} not null default 0,
      dedupe_key ${text},
      fits ${integer} check (fits in (0, 1)),
      method ${text},
      content_type ${text},
      target ${text},
      headers ${text} not null,
      faults ${text},
      verification ${text},
      sealed ${text},
      body ${bytes} not null,
      primary key (org_id, id)
    )${end}`,
    `create table credential_predecessors (
      org_id ${text} not null,
      credential_id ${text} not null,
      revision ${integer} not null,
      data ${text} not null,
      sealed ${text} not null,
      valid_until ${text} not null,
      primary key (org_id, credential_id),
      foreign key (org_id, credential_id) references credentials (org_id, id) on delete cascade
    )${end}`,
  ];
}

function deliveryTables(engine: Engine): string[] {
  const text = engine === "postgres" ? `text collate "C"` : "text";
  const integer = engine === "postgres" ? "bigint" : "integer";
  const end = engine === "postgres" ? "" : " strict";
  const ofSubscription = "foreign key (org_id, subscription_id) references subscriptions (org_id, id) on delete cascade";
  return [
    // Keys is a list, newest first: id, hint, sealed, when it was made, until when it signs. Times in milliseconds are of the database's clock.
    `create table destinations (
      org_id ${text} not null,
      subscription_id ${text} not null,
      url ${text} not null,
      state ${text} not null check (state in ('active', 'disabled')),
      reason ${text},
      failures ${integer} not null default 0,
      paused_until ${integer},
      keys ${text} not null,
      primary key (org_id, subscription_id),
      ${ofSubscription}
    )${end}`,
    `create table deliveries (
      org_id ${text} not null,
      subscription_id ${text} not null,
      event_id ${text} not null,
      state ${text} not null check (state in ('waiting', 'delivered', 'dead', 'skipped')),
      attempts ${integer} not null default 0,
      due_at ${integer} not null,
      lease_owner ${text},
      lease_until ${integer},
      last_attempt_at ${text},
      last_status ${integer},
      last_error ${text},
      primary key (org_id, subscription_id, event_id),
      ${ofSubscription},
      foreign key (org_id, event_id) references events (org_id, id) on delete cascade
    )${end}`,
  ];
}

const indexes = [
  "create index triggers_by_update on triggers (org_id, version_id, updated_at, id)",
  "create index trigger_addresses_by_trigger on trigger_addresses (org_id, environment_id, trigger_name)",
  "create unique index events_position on events (org_id, connection_id, position) where position is not null",
  "create unique index events_once on events (org_id, environment_id, trigger_name, dedupe_key) where dedupe_key is not null",
  // What lists are filtered by is in it, so that looking for something rare reads no rows.
  "create index events_by_connection on events (org_id, connection_id, id, environment_id, trigger_name, origin)",
  "create index events_unverified on events (org_id, connection_id, environment_id, trigger_name, id) where origin = 'unverified'",
  "create index events_by_age on events (id, org_id)",
  "create index deliveries_due on deliveries (org_id, subscription_id, due_at, event_id) where state = 'waiting'",
  "create index deliveries_by_event on deliveries (org_id, event_id)",
  "create index deliveries_dead on deliveries (org_id, subscription_id, event_id) where state = 'dead'",
];

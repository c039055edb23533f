import { sql } from "kysely";
import pg from "pg";
import { organisation, type Place } from "./place.ts";
import { withControlPlane } from "./prepare.ts";

/** How many connections, and how many environments each of them has. */
export interface Size {
  readonly connections: number;
  readonly environments: number;
}

/**
 * Fills `place` with connections whose environments have a credential each. Straight into the tables: over the API 100,000 would take
 * longer than all the rest of the bench. Each was changed a millisecond after the one before it.
 */
export async function seedConnections(place: Place, size: Size): Promise<void> {
  const statements = statementsOf(size);
  await withControlPlane(place, async ({ db }) => {
    if (db.engine === "postgres") return;
    await db.write(organisation, async (tx) => {
      for (const text of statements) await tx.run(sql.raw(text));
    });
  });
  if (place.url === undefined) return;
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  for (const text of statements) await client.query(text);
  // What its own housekeeping does within a minute.
  await client.query("vacuum analyze");
  await client.end();
}

/** Statements that both engines take. `c.number` counts connections and `e.number` the environments of each, from 0. */
function statementsOf({ connections, environments }: Size): string[] {
  const counted = `with recursive c(number) as (select 0 union all select number + 1 from c where number < ${connections - 1}),
    e(number) as (select 0 union all select number + 1 from e where number < ${environments - 1})`;
  const both = `c.number * ${environments} + e.number`;
  const variables = `'[{"name":"tenant","value":"acme"}]'`;
  const config = `'{"schemeType":"api-key","name":"X-Api-Key","in":"header"}'`;
  const insert = (table: string, values: Readonly<Record<string, string>>, from: string) => {
    const columns = { org_id: `'${organisation}'`, ...values };
    return `insert into ${table} (${Object.keys(columns).join(", ")}) ${counted} select ${Object.values(columns).join(", ")} from ${from}`;
  };
  const times = { created_at: time, updated_at: time };
  const connection = idOf("C", "c.number");
  const name = "'environment-' || e.number";
  return [
    insert(
      "connections",
      {
        id: connection,
        name: "'Connection ' || c.number",
        protocol: "'http'",
        base_url: "'https://api.example.com'",
        auth_scheme_configs: `'[' || ${config} || ']'`,
        variables,
        // As `searchTextOf` of the server makes it.
        search_text: "upper('Connection ' || c.number || '\nhttps://api.example.com')",
        ...times,
      },
      "c",
    ),
    `insert into connection_counts (org_id, protocol, connections) values ('${organisation}', 'http', ${connections})`,
    insert("versions", { id: idOf("V", "c.number"), connection_id: connection, name: "'1'", is_default: "0", ...times }, "c"),
    insert(
      "environments",
      { id: idOf("E", both), connection_id: connection, name, slug: name, position: "e.number", variables, ...times },
      "c cross join e",
    ),
    insert(
      "credentials",
      { id: idOf("K", both), name: "'Key'", type: "'string'", revision: "1", data: `'{"value":"********"}'`, sealed: "'{}'", ...times },
      "c cross join e",
    ),
    insert(
      "environment_credentials",
      { id: idOf("A", both), environment_id: idOf("E", both), purpose: "'action'", position: "0", config, credential_id: idOf("K", both) },
      "c cross join e",
    ),
  ];
}

/** An id that looks like one: 26 characters, the last nine the number. */
const idOf = (letter: string, number: string) => `'01JAZZ5CB6Q8ZV0${letter}0' || ${digits(number, 9)}`;

const digits = (number: string, width: number) => `substr(cast(1${"0".repeat(width)} + ${number} as text), 2)`;

const time = `'2026-01-01T00:' || ${digits("c.number / 60000", 2)} || ':' || ${digits("c.number / 1000 % 60", 2)} || '.' || ${digits("c.number % 1000", 3)} || 'Z'`;

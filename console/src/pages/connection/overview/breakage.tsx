import { List, Text } from "@mantine/core";
import type { Call, Connection, ConnectionHealth, Subscription } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Waiting } from "../../../parts/answer.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { Ago } from "../../../parts/time.tsx";
import { useActorNames } from "../../activity/names.ts";

/** What uses a connection, as far as it is known already. */
export interface Broken {
  readonly subscriptions: readonly Subscription[] | undefined;
  readonly calls: readonly Call[] | undefined;
  readonly health: ConnectionHealth | undefined;
  readonly error: unknown;
}

/** Looks what would break, once somebody is about to do it. */
export function useBreakage({ id }: Connection, isAsked: boolean): Broken {
  const org = useOrganisation();
  const params = { organisation_id: org, connection_id: id };
  const subscriptions = useQuery({ ...queryOf("ListSubscriptions", { params, query: { first: 100 } }), enabled: isAsked });
  const calls = useQuery({
    ...queryOf("ListCalls", { params: { organisation_id: org }, query: { connection: id, first: 100 } }),
    enabled: isAsked,
  });
  const health = useQuery({ ...queryOf("GetConnectionHealth", { params }), enabled: isAsked });
  return {
    subscriptions: subscriptions.data?.subscriptions,
    calls: calls.data?.items,
    health: health.data,
    error: subscriptions.error ?? calls.error ?? health.error,
  };
}

/** What a connection takes along when it goes, in words and by name. */
export function Breakage({ connection, breakage }: { connection: Connection; breakage: Broken }) {
  const { nameOf } = useActorNames();
  const { subscriptions, calls, health, error } = breakage;
  if (error) return <Fault error={error} />;
  if (!subscriptions || !calls || !health) return <Waiting />;
  const callers = distinct(calls.map(({ actor }) => nameOf(actor)));
  const paths = distinct(calls.map(({ method, path }) => `${method} ${path === "" ? "/" : path.replace(/\?.*/, "")}`));
  const lastHour = health.environments.reduce((sum, one) => sum + one.callsLastHour, 0);
  return (
    <>
      <Text size="sm" mb="xs">
        This cannot be taken back. It breaks:
      </Text>
      <List size="sm" spacing={6}>
        <Item
          count={connection.environments.length}
          one="environment"
          many="environments"
          names={connection.environments.map(({ name }) => name)}
        />
        <Item count={connection.versions.length} one="version" many="versions" names={connection.versions.map(({ name }) => name)}>
          , with their actions, triggers and definitions
        </Item>
        {subscriptions.length > 0 && (
          <Item
            count={subscriptions.length}
            one="active subscription"
            many="active subscriptions"
            names={subscriptions.map(({ name }) => name)}
          >
            ; no more events are kept for {subscriptions.length === 1 ? "it" : "them"}
          </Item>
        )}
        {calls.length > 0 ? (
          <List.Item>
            Programs that call through it: {named(callers)}, the last time <Ago at={calls[0]?.at} />
            {lastHour > 0 && `, with ${lastHour.toLocaleString("en")} ${lastHour === 1 ? "call" : "calls"} in the last hour`}. They called{" "}
            {named(paths)}.
          </List.Item>
        ) : (
          <List.Item>No program: nothing on record was called through it.</List.Item>
        )}
      </List>
    </>
  );
}

interface Things {
  readonly count: number;
  readonly one: string;
  readonly many: string;
  readonly names: readonly string[];
  readonly children?: ReactNode;
}

function Item({ count, one, many, names, children }: Things) {
  return (
    <List.Item style={{ overflowWrap: "anywhere" }}>
      {count} {count === 1 ? one : many}: {named(names)}
      {children}
    </List.Item>
  );
}

const namesMax = 6;
const distinct = (names: readonly string[]) => [...new Set(names)];

/** As in "dev, prod and 3 more". */
function named(names: readonly string[]): string {
  const rest = names.length - namesMax;
  const list = new Intl.ListFormat("en");
  return rest > 0 ? list.format([...names.slice(0, namesMax), `${rest} more`]) : list.format(names);
}

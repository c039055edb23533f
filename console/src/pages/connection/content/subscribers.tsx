import { Anchor } from "@mantine/core";
import type { ConnectionVersion, Subscription } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Fragment } from "react";
import { queryOf } from "../../../api/queries.ts";
import { useVersions } from "../versions.ts";

/** Who depends on the versions of this connection. */
export interface Subscribers {
  readonly isPending: boolean;
  /** Why they are not known; null when they are. */
  readonly error: unknown;
  /** Those that follow `default`, whatever that means. */
  readonly following: readonly Subscription[];
  /** Those that name `version`. */
  naming(version: ConnectionVersion): readonly Subscription[];
  /** Those that `version` cannot be taken from. */
  using(version: ConnectionVersion): readonly Subscription[];
  /** Whether there are more than were read. */
  readonly hasMore: boolean;
}

/** The subscriptions of the connection of this page by the version they use: the first hundred of them. */
export function useSubscribers(): Subscribers {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const { standard } = useVersions();
  const params = { organisation_id: org, connection_id: connection };
  const { data, isPending, error } = useQuery(queryOf("ListSubscriptions", { params, query: { first: 100 } }));
  const all = data?.subscriptions ?? [];
  const following = all.filter(({ version }) => version === undefined);
  const naming = ({ name }: ConnectionVersion) => all.filter(({ version }) => version === name);
  const using = (version: ConnectionVersion) => [...naming(version), ...(version.id === standard?.id ? following : [])];
  return { isPending, error, following, naming, using, hasMore: data?.next !== undefined };
}

/** Names of subscriptions in a sentence, each the way to its page: `billing, fulfilment and 3 more`. */
export function SubscriptionNames({ subscriptions }: { subscriptions: readonly Subscription[] }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const shown = subscriptions.slice(0, namesShown);
  const more = subscriptions.length - shown.length;
  return (
    <>
      {shown.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index === 0 ? "" : index === subscriptions.length - 1 ? " and " : ", "}
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/o/$org/connections/$connection/subscriptions/$subscription"
                params={{ org, connection, subscription: id }}
              />
            )}
          >
            {name}
          </Anchor>
        </Fragment>
      ))}
      {more > 0 && ` and ${more} more`}
    </>
  );
}

const namesShown = 10;

/** `1 subscription`, `3 subscriptions`. */
export const counted = (count: number, thing: string) => `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
